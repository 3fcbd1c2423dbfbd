import type { App } from "../../src/app";
import { choosingOf, standingOf } from "../../src/reads/decisions/choosing";
import { entitlementsById } from "../../src/reads/entitlement-facts";
import { sessionsOfCourses } from "../../src/reads/sessions";
import { pino } from "pino";
import { loadConfig } from "../../src/config";
import { fillDemoWorld, SHOWN_DUE } from "../../src/demo/world";
import { tasks, type QueuedTask } from "../../src/jobs/tasks";
import { postureFaults } from "../../src/proof/posture";
import { embeddedLedger, refundViolations } from "../../src/proof/refund-invariants";
import { brokenRows } from "../../src/proof/verify";
import { Committer } from "../../src/history/committer";
import { factsAsOf } from "../../src/reads/as-of";
import { runBlocker } from "../../src/rules/run-rules";
import { sessionBlocker, type SessionBlocker } from "../../src/rules/session-rules";
import { entitlementState, type EntitlementState } from "../../src/rules/entitlement-state";
import * as rules from "../../src/rules/entitlement-rules";
import { useDatabase } from "../support/database";

/** Nothing waits for an LMS in the demo world, whose own tables hold the enrollments. */
type OfLms = "PENDING_ENROLLMENT";

/** Every other value of the rules; the compiler checks that none is missing. */
const STATES: Record<Exclude<EntitlementState, OfLms>, true> = {
  AVAILABLE: true,
  FULFILLED_CHANGEABLE: true,
  FULFILLED: true,
  EXPIRED: true,
  REFUNDED: true,
  REVOKED: true,
};
const REDEEM: Record<Exclude<rules.RedeemBlocker, OfLms>, true> = {
  REFUND_PENDING: true,
  EXPIRED: true,
  ALREADY_REDEEMED: true,
  EXPIRATION_PERIOD_OVER: true,
};
const REGAIN: Record<Exclude<rules.RegainBlocker, OfLms>, true> = {
  REFUND_PENDING: true,
  EXPIRED: true,
  NOT_REDEEMED: true,
  CERTIFICATE_EARNED: true,
  REGAIN_PERIOD_OVER: true,
};
const REFUND: Record<Exclude<rules.RefundBlocker, OfLms>, true> = {
  REFUND_PENDING: true,
  ALREADY_REFUNDED: true,
  REFUND_LOCKED: true,
  EXPIRED: true,
  NO_ORDER: true,
  REFUND_PERIOD_OVER: true,
  CERTIFICATE_EARNED: true,
  REGAIN_PERIOD_OVER: true,
};
const SESSIONS: Record<Exclude<SessionBlocker, OfLms>, true> = {
  RUN_UNKNOWN: true,
  NO_START_DATE: true,
  MODE_NOT_OFFERED: true,
  UPGRADE_DEADLINE_PASSED: true,
  ENROLLMENT_NOT_OPEN: true,
  ENROLLMENT_CLOSED: true,
  COURSE_FULL: true,
  ALREADY_ENROLLED: true,
  REFUND_PENDING: true,
  EXPIRED: true,
  EXPIRATION_PERIOD_OVER: true,
  CERTIFICATE_EARNED: true,
  REGAIN_PERIOD_OVER: true,
};

type Rule = (standing: rules.Standing, periods: rules.Periods, now: Date) => string | number | null;

const now = new Date("2026-03-01T12:00:00.000Z");
const db = useDatabase("empty");
const app = { db, clock: () => now } as App;

beforeAll(async () => {
  await fillDemoWorld(app);
  await new Committer(db).settle();
});

/** Ada's entitlements whose order number matches. */
async function adas(orderNumber = "%") {
  const rows = await db.query<{ id: string }[]>(
    "select id from course_entitlement where user_id = 1 and coalesce(order_number, '') like $1",
    [orderNumber],
  );
  return entitlementsById(
    db,
    rows.map(({ id }) => id),
  );
}

async function outcomes(rule: Rule, orderNumber?: string) {
  const entitlements = await adas(orderNumber);
  return entitlements.map((facts) => rule(standingOf(facts), facts.policy ?? rules.DEFAULT_PERIODS, now));
}

test.each<[string, Rule, (string | null)[]]>([
  ["state", entitlementState, Object.keys(STATES)],
  ["blocker of redemption", rules.redeemBlocker, [null, ...Object.keys(REDEEM)]],
  ["blocker of leaving the run", rules.regainBlocker, [null, ...Object.keys(REGAIN)]],
  ["blocker of a refund", rules.refundBlocker, [null, ...Object.keys(REFUND)]],
])("every %s occurs among ada's entitlements", async (_name, rule, values) => {
  expect(new Set(await outcomes(rule))).toEqual(new Set(values));
});

test("every blocker of a session occurs among ada's sessions", async () => {
  const found = new Set<string | null>();
  for (const facts of await adas()) {
    const { userId, courseUuid, mode, enrollment } = facts;
    if (enrollment && !enrollment.run) found.add(runBlocker(null, mode, null, now));
    const [sessions] = await sessionsOfCourses(db, [{ userId, key: courseUuid }]);
    const terms = { defaultPeriods: rules.DEFAULT_PERIODS, freeModes: ["audit", "honor"] };
    const choosing = choosingOf(facts, terms);
    for (const session of sessions!)
      found.add(sessionBlocker(choosing, session.run.key, session, session.enrollment, now));
  }
  // The course of the certificate has one run only, so there is no other one to refuse.
  const others = Object.keys(SESSIONS).filter((blocker) => blocker !== "CERTIFICATE_EARNED");
  expect(found).toEqual(new Set([null, ...others]));
});

test.each(["DECLINED", "TIMEOUT", "SLOW", "LATE", "DUPLICATE"])(
  "an order that ends in -%s can be refunded",
  async (outcome) => {
    expect(await outcomes(rules.refundBlocker, `%-${outcome}`)).toEqual([null]);
  },
);

test("an entitlement that is redeemable until tomorrow has one day left", async () => {
  expect(await outcomes(rules.daysUntilExpiration, "EDX-1002")).toEqual([1]);
});

test("a demo world that exists is not changed", async () => {
  const rows = () => db.query<unknown[]>("select * from course_entitlement order by id");
  const before = await rows();
  await fillDemoWorld({ ...app, clock: () => new Date() });
  expect(await rows()).toEqual(before);
});

test("the history of every example has several entries, signed by the actors of its story", async () => {
  const rows = await db.query<
    { entries: number; first: Date; created: Date; reasons: string[]; dates: Date[] }[]
  >(
    `select count(*)::int as entries, min(history_date) as first, e.created_at as created,
       array_agg(history_change_reason order by history_id) as reasons,
       array_agg(history_date order by history_id) as dates
     from course_entitlement e join historical_course_entitlement h using (id) group by e.id`,
  );
  expect(rows.length).toBeGreaterThan(60);
  for (const { entries, first, created, reasons, dates } of rows) {
    expect(entries).toBeGreaterThan(1);
    expect(first).toEqual(created);
    expect(reasons).not.toContain("fillDemoWorld");
    expect(dates.toSorted((one, other) => one.getTime() - other.getTime())).toEqual(dates);
    expect(dates.at(-1)!.getTime()).toBeLessThanOrEqual(now.getTime());
  }
});

test("nothing differs from its history, nothing lets a change pass by it, and the promises about refunds hold", async () => {
  const broken = [];
  for await (const row of brokenRows(db.manager)) broken.push(row);
  expect([broken, await postureFaults(db.manager)]).toEqual([[], []]);
  const paid = await embeddedLedger(db);
  expect(await refundViolations(db, { paid, settlesWithinMs: 60_000 })).toEqual([]);
});

test("last month and last year can be asked for, with what was true then", async () => {
  const countAt = async (days: number) => {
    const at = new Date(now.getTime() - days * rules.DAY_MS);
    const ids = await db.query<{ id: string }[]>("select id from course_entitlement");
    const facts = await factsAsOf(
      db,
      ids.map(({ id }) => id),
      at,
    );
    return facts.filter((each) => each !== null).length;
  };
  const [today, month, year] = [await countAt(0), await countAt(30), await countAt(365)];
  expect(today).toBeGreaterThan(month);
  expect(month).toBeGreaterThan(20);
  expect(year).toBeGreaterThan(3);
  // A policy that has changed since is shown as it was.
  const [facts] = await factsAsOf(
    db,
    ["e0000000-0000-4000-8000-000000000008"],
    new Date(now.getTime() - 600 * rules.DAY_MS),
  );
  expect(facts?.policy?.refundMs).toBe(30 * rules.DAY_MS);
});

test("every reason stays to be seen while the job stores what is due", async () => {
  const task = tasks(SHOWN_DUE).find(({ name }) => name === "expireDueEntitlements") as QueuedTask;
  const log = pino({ level: "silent" });
  const config = loadConfig({});
  const turn = { requestId: "1", from: null, shouldStop: () => false };
  const dueNow = new Date(now.getTime() + rules.DAY_MS); // what is redeemable until tomorrow is not spared
  await task.run({ ...app, config, log, clock: () => dueNow }, turn);
  expect(new Set(await outcomes(rules.redeemBlocker))).toEqual(new Set([null, ...Object.keys(REDEEM)]));
  expect(new Set(await outcomes(rules.regainBlocker))).toEqual(new Set([null, ...Object.keys(REGAIN)]));
  expect(new Set(await outcomes(rules.refundBlocker))).toEqual(new Set([null, ...Object.keys(REFUND)]));
});
