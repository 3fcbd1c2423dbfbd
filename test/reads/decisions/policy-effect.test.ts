import fc from "fast-check";
import type { DataSource } from "typeorm";
import { policyReach } from "../../../src/reads/decisions/policy-effect";
import { DAY_MS, refundBlocker, type Periods, type Standing } from "../../../src/rules/entitlement-rules";
import { isExpired } from "../../../src/rules/entitlement-state";
import { anyNow, anyPeriods, anyStanding } from "../../rules/standings";
import { openTestDatabase } from "../../support/database";
import { idOf, insertStandings } from "../../support/standings";

let db: DataSource;
let close: () => Promise<void>;
beforeAll(async () => ({ db, close } = await openTestDatabase()));
afterAll(() => close());

/** The periods of a policy are whole days. */
const anyWholePeriods = anyPeriods.map((periods) => {
  const whole = (ms: number) => Math.round(ms / DAY_MS) * DAY_MS;
  return {
    expirationMs: whole(periods.expirationMs),
    refundMs: whole(periods.refundMs),
    regainMs: whole(periods.regainMs),
  };
});

function reachByRules(standings: readonly Standing[], periods: Periods, now: Date) {
  const open = standings.filter(({ expiredAt }) => !expiredAt);
  const usable = open.filter((standing) => !isExpired(standing, periods, now));
  return {
    count: open.length,
    usable: usable.length,
    changeable: usable.filter(({ redemption }) => redemption).length,
    refundable: open.filter((standing) => refundBlocker(standing, periods, now) === null).length,
  };
}

test("the database counts what a policy allows, and what it would allow with other periods, as the rules decide", async () => {
  const seen = { usable: 0, over: 0, refundable: 0, kept: 0 };
  const anyStandings = fc.array(
    anyStanding.map((standing) => ({
      ...standing,
      expiryCause: standing.expiredAt && standing.expiryCause,
    })),
    { minLength: 40, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(
      anyStandings,
      anyWholePeriods,
      anyWholePeriods,
      anyNow,
      async (standings, periods, others, now) => {
        const transaction = db.createQueryRunner();
        await transaction.startTransaction();
        try {
          const rows = standings.map((standing) => ({ standing, periods }));
          await insertStandings(transaction.manager, rows);
          await transaction.query("update course_entitlement set policy_id = $1", [idOf(0)]);
          const time = { now, defaultPeriods: others };
          const before = await policyReach(transaction.manager, idOf(0), time);
          const after = await policyReach(transaction.manager, idOf(0), time, others);
          expect(before).toEqual(reachByRules(standings, periods, now));
          expect(after).toEqual(reachByRules(standings, others, now));
          seen.usable += before.usable;
          seen.over += before.count - before.usable;
          seen.refundable += before.refundable;
          seen.kept += Number(after.usable !== before.usable);
        } finally {
          await transaction.rollbackTransaction();
          await transaction.release();
        }
      },
    ),
    { numRuns: 25 },
  );
  expect(Object.values(seen).every((count) => count > 0)).toBe(true);
});
