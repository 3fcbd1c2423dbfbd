import { existsSync } from "node:fs";
import fc from "fast-check";
import type { DataSource } from "typeorm";
import { loadConfig } from "../../../src/config";
import { dueEntitlements, type DueEntitlement } from "../../../src/reads/decisions/due-entitlements";
import {
  DEFAULT_PERIODS,
  isExpiryDue,
  type Periods,
  type Standing,
} from "../../../src/rules/entitlement-rules";
import type { Key } from "../../../src/store/rows/page";
import { transact } from "../../../src/store/transact";
import {
  expireDue,
  expireDueEntitlements,
} from "../../../src/use-cases/entitlements/expire-due-entitlements";
import { asIfFor, policyDifferences } from "../../parity/differences";
import { original } from "../../parity/original";
import { toPeriods } from "../../parity/answers";
import { toStanding } from "../../parity/rules";
import { policyVector, readVectors } from "../../parity/vectors";
import { anyNow, anyPeriods, anyStanding, aStanding, daysAgo, NOW } from "../../rules/standings";
import { asSuperuser, openTestDatabase } from "../../support/database";
import { idOf, insertStandings, type Stored } from "../../support/standings";
import { statementsOf } from "../../support/statements";

const VECTORS = "../shared/vectors/policy.json";

let db: DataSource;
let close: () => Promise<void>;
beforeAll(async () => ({ db, close } = await openTestDatabase()));
afterAll(() => close());

test("the database finds exactly the entitlements whose expiry is due by the rules", async () => {
  const states = ["REQUESTED", "IN_DOUBT", "SUCCEEDED", "FAILED", "NEEDS_REVIEW"] as const;
  const refundState = fc.option(fc.constantFrom(...states), { freq: 1 });
  const standing = fc.tuple(anyStanding, refundState).map(([any, refundState]) => ({ ...any, refundState }));
  const stored = fc.record({ standing, periods: fc.option(anyPeriods) });
  let dueInAll = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(stored, { minLength: 50, maxLength: 50 }),
      anyPeriods,
      anyNow,
      async (rows, defaults, now) => {
        const found = await dueAmong(rows, defaults, now);
        const due = rows.map(({ standing, periods }) => isExpiryDue(standing, periods ?? defaults, now));
        expect(rows.map((_, i) => found.has(idOf(i)))).toEqual(due);
        dueInAll += found.size;
      },
    ),
    { numRuns: 60 },
  );
  expect(dueInAll).toBeGreaterThan(50);
});

test("an entitlement is checked again before it expires, because it may have changed since it was found", async () => {
  const due = aStanding({ createdAt: daysAgo(731) });
  const standings: Standing[] = [
    aStanding({ createdAt: daysAgo(730) }),
    { ...due, refundState: "REQUESTED" },
    { ...due, expiredAt: daysAgo(1), expiryCause: "SUPPORT" },
    due,
  ];
  const change = {
    userId: null,
    userLabel: "system",
    reason: "test",
    source: "JOB" as const,
    requestId: null,
  };
  const expired = transact(db, change, async (tx) => {
    await insertStandings(
      tx,
      standings.map((standing) => ({ standing, periods: null })),
    );
    const ids = standings.map((_, i) => idOf(i));
    throw new Error(String(await expireDue(tx, ids, DEFAULT_PERIODS, NOW)));
  });
  await expect(expired).rejects.toThrow(new Error(idOf(3)));
});

test("each due entitlement has its cause", async () => {
  const redeemed = { enrolledAt: daysAgo(3), redeemedAt: null, startsAt: null, certificateStatus: null };
  const standings: Standing[] = [
    aStanding({ createdAt: daysAgo(731) }),
    aStanding({ createdAt: daysAgo(20), redemption: { ...redeemed, certificateStatus: "downloadable" } }),
    aStanding({ createdAt: daysAgo(20), redemption: { ...redeemed, enrolledAt: daysAgo(15) } }),
  ];
  const found = await dueAmong(
    standings.map((standing) => ({ standing, periods: null })),
    DEFAULT_PERIODS,
    NOW,
  );
  expect(standings.map((_, i) => found.get(idOf(i))?.cause)).toEqual([
    "EXPIRATION_PERIOD_OVER",
    "CERTIFICATE_EARNED",
    "REGAIN_PERIOD_OVER",
  ]);
});

if (!existsSync(VECTORS))
  // oxlint-disable-next-line jest/no-disabled-tests -- the recorded answers are no part of a plain clone
  test.skip(`what the original expires is compared only where ${VECTORS} is`, () => {});
else
  test("an entitlement that the original expires when it reads it is found due", async () => {
    const rows: Stored[] = [];
    const isDue: unknown[] = [];
    for await (const { expected, ...input } of readVectors(VECTORS, policyVector)) {
      const periods = input.policy && toPeriods(input.policy);
      // The database refuses a period below zero.
      if (periods && Object.values(periods).some((ms: number) => ms < 0)) continue;
      const { rules, asIf } = asIfFor(policyDifferences, input);
      rows.push({ standing: asIfNow(toStanding(input), new Date(input.now)), periods });
      isDue.push((rules.length > 0 ? original(asIf) : expected).readExpiredAt.becameSet);
    }
    const found = await dueAmong(rows, DEFAULT_PERIODS, NOW);
    expect(rows.map((_, i) => found.has(idOf(i)))).toEqual(isDue);
    expect(found.size).toBeGreaterThan(100);
  });

test("the query reads neither expired entitlements nor unredeemed ones that are not due", async () => {
  const database = await openTestDatabase();
  try {
    // As replication would bring them: without the guard's work for each row.
    await asSuperuser(
      `set session_replication_role = replica;
     alter table course_entitlement disable trigger guard;
       insert into user_account (id, username) values (1, 'ada');
       insert into course_entitlement (user_id, course_uuid, mode, expired_at, created_at, modified_at)
         select 1, gen_random_uuid(), 'verified', case when n % 2 = 0 then now() end, now() - n * interval '1 minute', now()
         from generate_series(1, 50000) n;
       insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
         values (1, gen_random_uuid(), 'verified', now() - interval '3 years', now());
       alter table course_entitlement enable always trigger guard;
       analyze`,
      database.url,
    );
    const app = { db: database.db, config: loadConfig({}), clock: () => new Date() };
    const sent = await statementsOf(async () => {
      const { expired } = await expireDueEntitlements(app, { source: "JOB", requestId: null });
      expect(expired).toBe(1);
    });
    const reading = sent.filter(({ text }) => /course_entitlement (e|where)\b/.test(text));
    // How far to look among the unused, what is due of them, its lock, its expiry; the first two again of the redeemed.
    expect(reading).toHaveLength(6);
    const indexes = [];
    for (const { text, values } of reading) {
      const plan = JSON.stringify(await database.db.query(`explain (format json) ${text}`, values));
      expect(plan).not.toMatch(/"Seq Scan",[^{}]*"Relation Name":"course_entitlement"/);
      indexes.push(/"course_entitlement_(?:\w+_idx|pkey)"/.exec(plan)?.[0]);
    }
    expect(indexes).toEqual([
      '"course_entitlement_unused_idx"',
      '"course_entitlement_unused_idx"',
      '"course_entitlement_pkey"',
      '"course_entitlement_pkey"',
      '"course_entitlement_redeemed_idx"',
      '"course_entitlement_redeemed_idx"',
    ]);
  } finally {
    await database.close();
  }
});

test.each([
  ["unused", "UNUSED", "null"],
  ["redeemed", "REDEEMED", "gen_random_uuid()"],
] as const)(
  "however many %s ones are not due, a statement looks at 20,000, and none is passed over",
  async (_, scope, enrollmentId) => {
    const database = await openTestDatabase();
    try {
      await asSuperuser(
        `set session_replication_role = replica;
         alter table course_entitlement disable trigger guard;
         insert into user_account (id, username) values (1, 'ada');
         insert into course_entitlement_policy (id, mode, expiration_period)
           values ('${idOf(1)}', 'professional', '1 day'), ('${idOf(2)}', 'verified', '700 days');
         insert into course_entitlement (user_id, course_uuid, mode, policy_id, enrollment_id, created_at, modified_at)
           select 1, gen_random_uuid(), 'verified', case when n = 45000 then '${idOf(1)}' else '${idOf(2)}' end::uuid,
             ${enrollmentId}, now() - interval '600 days' + n * interval '1 second', now()
           from generate_series(1, 45000) n;
         analyze`,
        database.url,
      );
      const found: number[] = [];
      let after: Key | null = null;
      do {
        const part = { after, limit: 1_000 };
        const { due, next } = await dueEntitlements(database.db, scope, DEFAULT_PERIODS, new Date(), part);
        found.push(due.length);
        after = next;
      } while (after);
      expect(found).toEqual([0, 0, 1]);
    } finally {
      await database.close();
    }
  },
);

/** The ids of the due entitlements among some rows, which are stored for this test only. */
async function dueAmong(
  rows: readonly Stored[],
  defaults: Periods,
  now: Date,
): Promise<Map<string, DueEntitlement>> {
  const transaction = db.createQueryRunner();
  await transaction.startTransaction();
  try {
    await insertStandings(transaction.manager, rows);
    const found: DueEntitlement[] = [];
    for (const scope of ["UNUSED", "REDEEMED"] as const) {
      const part = { after: null, limit: 10_000 };
      const { due, next } = await dueEntitlements(transaction.manager, scope, defaults, now, part);
      expect(next).toBeNull();
      found.push(...due);
    }
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    return new Map(found.map((due) => [due.id, due]));
  } finally {
    await transaction.rollbackTransaction();
    await transaction.release();
  }
}

/** The same, seen at NOW: only the differences of instants count. */
function asIfNow(standing: Standing, now: Date): Standing {
  const shift = <T extends Date | null>(instant: T) =>
    (instant && new Date(instant.getTime() + NOW.getTime() - now.getTime())) as T;
  const { createdAt, expiredAt, redemption } = standing;
  return {
    ...standing,
    createdAt: shift(createdAt),
    expiredAt: shift(expiredAt),
    redemption: redemption && {
      ...redemption,
      enrolledAt: shift(redemption.enrolledAt),
      redeemedAt: shift(redemption.redeemedAt),
      startsAt: shift(redemption.startsAt),
    },
  };
}
