import type { App } from "../../../src/app";
import { isExpiryDue, type Standing } from "../../../src/rules/entitlement-rules";
import {
  expireDueEntitlements,
  type Sweep,
} from "../../../src/use-cases/entitlements/expire-due-entitlements";
import { aStanding, daysAgo, NOW } from "../../rules/standings";
import { appOn } from "../../support/app";
import { checksumOf } from "../../support/checksum";
import { openTestDatabase } from "../../support/database";
import { idOf, insertStandings } from "../../support/standings";

const sweep: Sweep = { source: "JOB", requestId: "sweep-1" };
const lapsed = aStanding({ createdAt: daysAgo(731) });
const locked = aStanding({
  createdAt: daysAgo(30),
  redemption: { enrolledAt: daysAgo(20), redeemedAt: daysAgo(20), startsAt: null, certificateStatus: null },
});
const fresh = aStanding({ createdAt: daysAgo(1) });

let app: App;
let close: () => Promise<void>;
beforeEach(async () => {
  const database = await openTestDatabase();
  close = () => database.close();
  app = appOn(database.db, {}, () => NOW);
});
afterEach(() => close());

test("the sweep expires exactly the due entitlements, with the system as the author in the history", async () => {
  await store([lapsed, locked, fresh]);
  const report = await expireDueEntitlements(app, sweep);
  expect(report).toEqual({
    due: { EXPIRATION_PERIOD_OVER: 1, CERTIFICATE_EARNED: 0, REGAIN_PERIOD_OVER: 1 },
    expired: 2,
    failed: [],
    next: null,
  });
  const rows = await app.db.query<Row[]>(
    `select e.id, e.expired_at, e.expiry_cause, e.modified_at, e.enrollment_id is not null as is_redeemed,
       (select json_agg(h order by history_id) from historical_course_entitlement h where h.id = e.id) as history
     from course_entitlement e order by e.id`,
  );
  for (const row of rows.slice(0, 2)) {
    expect(row).toMatchObject({ expired_at: NOW, expiry_cause: "LAPSED", modified_at: NOW });
    expect(row.history).toHaveLength(2);
    expect(row.history[1]).toMatchObject({
      history_type: "~",
      history_change_reason: "expireDueEntitlements",
      history_user_id: null,
      history_user_label: "system",
      history_source: "JOB",
      history_request_id: "sweep-1",
      expiry_cause: "LAPSED",
    });
  }
  expect(rows[1]!.is_redeemed).toBe(true);
  expect(rows[2]).toMatchObject({ expired_at: null, modified_at: fresh.createdAt });
  expect(rows[2]!.history).toHaveLength(1);
});

test("a dry run finds the same entitlements and changes nothing", async () => {
  await store([lapsed, locked, fresh]);
  const before = await checksumOf(app.db);
  const { due, expired } = await expireDueEntitlements(app, { ...sweep, isDryRun: true });
  expect(due).toEqual({ EXPIRATION_PERIOD_OVER: 1, CERTIFICATE_EARNED: 0, REGAIN_PERIOD_OVER: 1 });
  expect(expired).toBe(0);
  expect(await checksumOf(app.db)).toEqual(before);
});

test("rows that the database refuses to change are reported and stop none of the others", async () => {
  await store(Array.from({ length: 40 }, () => lapsed));
  await app.db.query(`
    create function refuse() returns trigger language plpgsql as $$ begin
      raise exception 'the auditor holds it';
    end $$;
    create trigger refuse before update on course_entitlement for each row
      when (old.id in ('${idOf(7)}', '${idOf(8)}', '${idOf(31)}')) execute function refuse();
    create constraint trigger refuse_late after update on course_entitlement deferrable initially deferred
      for each row when (old.id = '${idOf(20)}') execute function refuse();
  `);
  const report = await expireDueEntitlements(app, sweep);
  expect(report.due.EXPIRATION_PERIOD_OVER).toBe(40);
  expect(report.expired).toBe(36);
  expect(report.failed).toEqual(
    [7, 8, 20, 31].map((index) => ({ id: idOf(index), reason: "the auditor holds it" })),
  );
  expect(await countExpired()).toBe(36);
  expect((await expireDueEntitlements(app, sweep)).failed).toHaveLength(4);
});

test("an entitlement that another transaction is changing is left for the next sweep, without waiting", async () => {
  await store([lapsed, lapsed, lapsed]);
  const other = app.db.createQueryRunner();
  await other.startTransaction();
  await other.query("select from course_entitlement where id = $1 for no key update", [idOf(1)]);
  expect((await expireDueEntitlements(app, sweep)).expired).toBe(2);
  await other.rollbackTransaction();
  await other.release();
  expect((await expireDueEntitlements(app, sweep)).expired).toBe(1);
});

test("simultaneous sweeps expire no entitlement twice", async () => {
  await store(Array.from({ length: 2_500 }, (_, i) => (i % 5 === 0 ? locked : lapsed)));
  const reports = await Promise.all([1, 2, 3, 4].map(() => expireDueEntitlements(app, sweep)));
  expect(reports.reduce((sum, { expired }) => sum + expired, 0)).toBe(2_500);
  const [row] = await app.db.query<{ count: number }[]>(
    "select count(*)::int from historical_course_entitlement where history_change_reason = 'expireDueEntitlements'",
  );
  expect(row!.count).toBe(2_500);
});

test("a sweep that was stopped continues where it stopped", async () => {
  await store(Array.from({ length: 2_500 }, (_, i) => (i % 5 === 0 ? locked : lapsed)));
  const expired: number[] = [];
  let from: Sweep["from"] = null;
  do {
    let batches = 0;
    const report = await expireDueEntitlements(app, { ...sweep, from, shouldStop: () => batches++ > 0 });
    expired.push(report.expired);
    from = report.next;
  } while (from);
  expect(expired).toEqual([1_000, 1_000, 0, 500]); // two full batches of the unused, and the redeemed
  expect(await countExpired()).toBe(2_500);
});

test("a lost connection stops the sweep and does not count as a failure of the rows", async () => {
  await store([lapsed]);
  await app.db.query(`
    create function vanish() returns trigger language plpgsql as $$ begin
      perform pg_terminate_backend(pg_backend_pid()); return new;
    end $$;
    create trigger vanish before update on course_entitlement for each row execute function vanish();
  `);
  await expect(expireDueEntitlements(app, sweep)).rejects.toThrow(/terminat/);
});

interface Row {
  expired_at: Date | null;
  history: Record<string, unknown>[];
  is_redeemed: boolean;
}

async function store(standings: readonly Standing[]): Promise<void> {
  for (const standing of new Set(standings))
    expect(isExpiryDue(standing, app.config.defaultPeriods, NOW)).toBe(standing !== fresh);
  await app.db.transaction((tx) =>
    insertStandings(
      tx,
      standings.map((standing) => ({ standing, periods: null })),
    ),
  );
}

async function countExpired(): Promise<number> {
  const [row] = await app.db.query<{ count: number }[]>(
    "select count(*)::int from course_entitlement where expired_at is not null",
  );
  return row!.count;
}
