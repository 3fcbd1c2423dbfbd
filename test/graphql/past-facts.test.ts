import fc from "fast-check";
import { Certificate } from "../../src/entities/certificate";
import { CourseEnrollment } from "../../src/entities/course-enrollment";
import { CourseRun } from "../../src/entities/course-run";
import { writeSet } from "../../src/history/write-set";
import { transact } from "../../src/store/transact";
import { recordCertificate } from "../../src/use-cases/lms/record-certificate";
import { ask, grace, useDemoApp } from "../support/demo-app";

const app = useDemoApp();
const change = { userId: null, userLabel: "system", reason: "test", source: "JOB" as const, requestId: null };

/** Entitlements of ada that are redeemed, with a run that has a date; their enrollments and runs are changed below. */
const NUMBERS = [3, 4, 5, 6, 17, 19, 24];
const enrollmentOf = (number: number) => `a0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
/** What decides about an entitlement, and what is decided. */
const DECIDED = `id state isExpired isRedeemable redeemBlocker redeemableUntil isRegainable regainBlocker regainableUntil
  isRefundable refundBlocker refundableUntil expiresAt expirationDate daysUntilExpiration isEnrollmentModeDifferent
  enrollment { id mode isActive enrolledAt courseRun { key title startsAt endsAt enrollmentStartsAt enrollmentEndsAt } }
  supportDetails { edges { node { unenrolledRun { key title startsAt } } } }`;
const STATES = ["AVAILABLE", "FULFILLED_CHANGEABLE", "FULFILLED", "EXPIRED"];
const listOf = (args: string) => `
  all: entitlements(${args}, filter: { username: "ada" }, orderBy: { field: EXPIRES_AT }, first: 60) {
    totalCount edges { node { ${DECIDED} } } }
  ${STATES.map(
    (state) => `${state}: entitlements(${args}, filter: { username: "ada", states: [${state}] }, first: 60) {
      totalCount edges { node { id } } }`,
  ).join("\n")}
  expired: entitlements(${args}, filter: { username: "ada", isExpired: true }, first: 60) { totalCount }
  soon: entitlements(${args}, filter: { username: "ada", expiringBefore: "2100-01-01T00:00:00Z" }, first: 60) { totalCount }`;
const LIVE = `{ ${listOf("orderBy: null").replaceAll("orderBy: null, ", "")} }`;
const AS_OF = `query ($at: DateTime!) { ${listOf("asOf: $at")} }`;

const which = fc.constantFrom(...NUMBERS);
const step = fc.oneof(
  fc.record({ kind: fc.constant("leave" as const), which }),
  fc.record({ kind: fc.constant("mode" as const), which }),
  fc.record({ kind: fc.constant("leave many" as const) }),
  fc.record({ kind: fc.constant("delete enrollment" as const), which }),
  fc.record({
    kind: fc.constant("certify" as const),
    which,
    status: fc.constantFrom("downloadable", "notpassing", null),
  }),
  fc.record({ kind: fc.constant("certify many" as const) }),
  fc.record({ kind: fc.constant("delete certificates" as const) }),
  fc.record({ kind: fc.constant("move run" as const), which, days: fc.integer({ min: -40, max: 40 }) }),
  fc.record({ kind: fc.constant("move all runs" as const), days: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ kind: fc.constant("delete run" as const), which }),
  fc.record({ kind: fc.constant("rename run" as const), which }),
  fc.record({ kind: fc.constant("return" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Changes what decisions depend on by every way: by commands, as sets, by SQL, and by deleting. */
async function take(taken: Step): Promise<unknown> {
  const { db } = app;
  const runOf = (number: number) =>
    `(select course_run_key from course_enrollment where id = '${enrollmentOf(number)}')`;
  const inTurn = (sql: string) => db.query(sql);
  switch (taken.kind) {
    case "leave":
      return transact(db, change, (tx) =>
        tx.save(CourseEnrollment, {
          id: enrollmentOf(taken.which),
          isActive: false,
          userId: "1",
          courseRunKey: `x${taken.which}`,
        }),
      );
    case "mode":
      return inTurn(`update course_enrollment set mode = 'honor' where id = '${enrollmentOf(taken.which)}'`);
    case "leave many":
      return transact(db, change, (tx) =>
        writeSet(
          tx,
          CourseEnrollment,
          "update course_enrollment e set is_active = false where user_id = 1 and is_active returning e.*",
        ),
      );
    case "return":
      return transact(db, change, (tx) =>
        writeSet(
          tx,
          CourseEnrollment,
          "update course_enrollment e set is_active = true where user_id = 1 and not is_active returning e.*",
        ),
      );
    case "delete enrollment":
      return inTurn(`delete from course_enrollment where id = '${enrollmentOf(taken.which)}'`);
    case "certify": {
      const [row] = await db.query<{ key: string | null }[]>(`select ${runOf(taken.which)} as key`);
      if (!row!.key) return undefined;
      const told = { userId: "1", courseRunKey: row!.key, status: taken.status, seenAt: new Date() };
      return recordCertificate(app, told);
    }
    case "certify many":
      return transact(db, change, (tx) =>
        writeSet(
          tx,
          Certificate,
          `insert into certificate as c (user_id, course_run_key, status)
           select user_id, course_run_key, 'downloadable' from course_enrollment where user_id = 1
           on conflict (user_id, course_run_key) do update set status = excluded.status returning c.*`,
        ),
      );
    case "delete certificates":
      return inTurn("delete from certificate where user_id = 1");
    case "move run":
      return inTurn(
        `update course_run set starts_at = starts_at + interval '${taken.days} days' where key = ${runOf(taken.which)}`,
      );
    case "move all runs":
      return transact(db, change, (tx) =>
        writeSet(
          tx,
          CourseRun,
          `update course_run r set starts_at = starts_at + interval '${taken.days} days',
             ends_at = ends_at - interval '1 day' where starts_at is not null returning r.*`,
        ),
      );
    case "delete run":
      return inTurn(`delete from course_run where key = ${runOf(taken.which)}`);
    case "rename run":
      return inTurn(`update course_run set key = key || '-old' where key = ${runOf(taken.which)}`);
  }
}

/** The database's clock, a millisecond past all that has been committed. */
async function aMomentLater(): Promise<Date> {
  await new Promise((resolve) => setTimeout(resolve, 2));
  const [row] = await app.db.query<{ now: Date }[]>("select history_now() as now");
  await new Promise((resolve) => setTimeout(resolve, 2));
  return row!.now;
}

test("decisions of an instant stay as they were, whatever becomes of enrollments, certificates and runs", async () => {
  const recorded: { at: Date; answer: unknown }[] = [];
  const seen = new Set<string>();
  const record = async () => {
    const at = await aMomentLater();
    const { data, errors } = await ask({ ...app, clock: () => at }, grace, LIVE);
    expect(errors).toBeUndefined();
    recorded.push({ at, answer: data });
    seen.add(JSON.stringify(data));
  };
  await record();
  for (const kind of ["certify many", "leave many", "return", "delete certificates"] as const) {
    await take({ kind });
    await record();
  }
  for (const taken of fc.sample(step, { numRuns: 30, seed: 4 })) {
    await take(taken);
    await record();
  }
  await app.db.query("delete from course_enrollment where user_id = 1");
  await app.db.query("delete from course_run");
  let changed = 0;
  for (const { at, answer } of recorded) {
    const { data, errors } = await ask(app, grace, AS_OF, { at });
    expect(errors).toBeUndefined();
    if (JSON.stringify(data) !== JSON.stringify(answer)) changed += 1;
    if (changed === 1) expect(data).toEqual(answer); // tells the first difference
  }
  expect(changed).toBe(0);
  expect(seen.size).toBeGreaterThan(15);
});

test("what the LMS tells again without a change makes no entry", async () => {
  const entries = async () => {
    const [row] = await app.db.query<[{ count: number }]>(
      `select (select count(*) from historical_certificate)::int + (select count(*) from historical_course_enrollment)::int
         + (select count(*) from historical_course_run)::int as count`,
    );
    return row.count;
  };
  const told = { userId: "4", courseRunKey: "course-v1:DemoX+Again+1", status: "downloadable" };
  await recordCertificate(app, { ...told, seenAt: new Date(0) });
  const before = await entries();
  await recordCertificate(app, { ...told, seenAt: new Date(1_000) });
  for (const table of ["course_enrollment", "certificate", "course_run"])
    await app.db.query(`update ${table} set seen_at = now()`);
  expect(await entries()).toBe(before);
  await recordCertificate(app, { ...told, status: "notpassing", seenAt: new Date() });
  expect(await entries()).toBe(before + 1);
});
