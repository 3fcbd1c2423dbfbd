import { noteEvents } from "../../../src/use-cases/lms/following/note-events";
import { forgetEvents } from "../../../src/use-cases/lms/following/forget-events";
import { lookAgain } from "../../../src/use-cases/lms/following/look-again";
import { LOOKS_DUE_AT_MOST } from "../../../src/rules/lms/look-rules";
import { ada } from "../../support/demo-app";
import { aCourse, anEntitlement, callsOf, redeem, standing, useLms } from "../../support/lms";
import {
  anEvent,
  certificateData,
  enrollmentData,
  lookAfter,
  looksDue,
  TYPES,
  userData,
} from "../../support/lms-events";

const beside = useLms({ LMS_ENTITLEMENTS: "plugin" });
const userId = ada.userId!;
const note = (...events: ReturnType<typeof anEvent>[]) => noteEvents(beside.app, events);
const left = (run: string) => anEvent(TYPES.left, enrollmentData(userId, run, { isActive: false }));

beforeEach(() => beside.app.db.query("delete from reconcile_due"));

async function anAvailableOne() {
  const course = await aCourse(beside);
  return { ...course, entitlementId: await anEntitlement(beside, course.courseUuid) };
}

async function aRedeemedOne() {
  const made = await anAvailableOne();
  await redeem(beside, made.entitlementId, made.one);
  return made;
}

test("a learner who has left a run in the LMS can redeem the entitlement again, once all is quiet for 5 seconds", async () => {
  const { one, entitlementId } = await aRedeemedOne();
  beside.edx.others.deactivate("ada", one);
  expect(await note(left(one))).toEqual(["QUEUED"]);
  expect(await looksDue(beside.app)).toMatchObject([{ reason: "ENROLLMENT", userId, runKey: one }]);
  expect(await lookAgain(beside.app)).toBe(0);
  expect(await lookAfter(beside.app, 5_000)).toBe(1);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE", enrollment: null });
  expect(await looksDue(beside.app)).toEqual([]);
});

test("an entitlement that the LMS has redeemed is linked by one look, although it sends three events", async () => {
  const { one, entitlementId } = await anAvailableOne();
  beside.edx.others.enroll("ada", one, "verified");
  const audit = enrollmentData(userId, one, { mode: "audit" });
  await note(anEvent(TYPES.changed, audit), anEvent(TYPES.enrolled, audit));
  await note(anEvent(TYPES.changed, enrollmentData(userId, one)));
  expect(await looksDue(beside.app)).toMatchObject([{ hints: 3 }]);
  const calls = await callsOf(beside, () => lookAfter(beside.app));
  expect(calls.filter((call) => call.includes("/enrollment/v1/enrollment/"))).toHaveLength(1);
  expect(await standing(beside, entitlementId)).toMatchObject({ enrollment: { courseRunKey: one } });
});

test("what an event tells is never stored: what the LMS says counts", async () => {
  const { one, entitlementId } = await aRedeemedOne();
  await note(left(one)); // the LMS has rolled it back
  await lookAfter(beside.app);
  expect(await standing(beside, entitlementId)).toMatchObject({ enrollment: { courseRunKey: one } });
});

test("a steady stream of events delays a look by 30 seconds at most", async () => {
  const { one } = await aRedeemedOne();
  await note(left(one));
  for (let seconds = 4; seconds < 28; seconds += 4) {
    await beside.app.db.query("update reconcile_due set noted_at = noted_at - interval '4 s'");
    await note(left(one));
  }
  const [due] = await looksDue(beside.app);
  expect(due!.hints).toBe(7);
  await beside.app.db.query("update reconcile_due set noted_at = noted_at - interval '4 s'");
  await note(left(one));
  const [last] = await looksDue(beside.app);
  expect(last!.inMs).toBeLessThan(2_500);
});

test("an event that comes again is known, and asks for nothing", async () => {
  const { one } = await aRedeemedOne();
  const event = left(one);
  expect(await note(event, event)).toEqual(["QUEUED", "KNOWN"]);
  await lookAfter(beside.app);
  expect(await note(event)).toEqual(["KNOWN"]);
  expect(await looksDue(beside.app)).toEqual([]);
});

test("events about learners and runs that we have nothing to do with cost no call and no row", async () => {
  const { one } = await aRedeemedOne();
  const other = await aCourse(beside);
  const [{ seen }] = await beside.app.db.query<[{ seen: number }]>(
    "select count(*)::int as seen from seen_event",
  );
  const noted = await note(
    anEvent(TYPES.enrolled, enrollmentData("4711", one)),
    anEvent(TYPES.certified, certificateData(userId, other.one)),
    anEvent(TYPES.registered, { user: userData("4711", "nobody_we_know") }),
    anEvent(TYPES.rescheduled, { catalog_info: { course_key: other.one } }),
  );
  expect(noted).toEqual(["FOREIGN", "FOREIGN", "FOREIGN", "FOREIGN"]);
  expect(await looksDue(beside.app)).toEqual([]);
  const [after] = await beside.app.db.query<[{ seen: number }]>(
    "select count(*)::int as seen from seen_event",
  );
  expect(after.seen).toBe(seen);
});

test("a run that is not known yet is looked up, and its enrollment is asked for only if its course is one of ours", async () => {
  const { courseUuid, entitlementId } = await anAvailableOne();
  const [ours, foreign] = ["course-v1:DemoX+LMS.NEW+ours", "course-v1:DemoX+LMS.NEW+foreign"];
  const like = [...beside.edx.world.runs.values()][0]!;
  beside.edx.world.runs.set(ours, { ...like, key: ours, courseUuid });
  beside.edx.world.runs.set(foreign, {
    ...like,
    key: foreign,
    courseUuid: "0000aaaa-0000-4000-8000-000000000000",
  });
  for (const run of [ours, foreign]) beside.edx.others.enroll("ada", run, "verified");
  await note(...[ours, foreign].map((run) => anEvent(TYPES.enrolled, enrollmentData(userId, run))));
  const calls = await callsOf(beside, () => lookAfter(beside.app));
  expect(calls.some((call) => call.includes(`ada,${foreign}`))).toBe(false);
  expect(await standing(beside, entitlementId)).toMatchObject({ enrollment: { courseRunKey: ours } });
});

test("certificates, accounts and runs are read again when an event is about them", async () => {
  const { one } = await aRedeemedOne();
  beside.edx.others.certify("ada", one, "downloadable");
  await note(
    anEvent(TYPES.certified, certificateData(userId, one)),
    anEvent(TYPES.retired, { user: { id: Number(userId) } }),
    anEvent(TYPES.rescheduled, { catalog_info: { course_key: one, name: "A run" } }),
  );
  await beside.app.db.query("update user_account set seen_at = null where id = $1", [userId]);
  const calls = await callsOf(beside, () => lookAfter(beside.app));
  expect(calls.map((call) => call.replace(/\?.*/, "")).toSorted()).toEqual([
    `GET /api/certificates/v0/certificates/ada/courses/${one}/`,
    `GET /api/enrollment/v1/course/${one}`,
    "GET /api/user/v1/accounts",
    "GET /api/user/v1/accounts", // whether the certificate, which is news, is that of this account
  ]);
  const [certificate] = await beside.app.db.query<{ status: string }[]>(
    "select status from certificate where user_id = $1 and course_run_key = $2",
    [userId, one],
  );
  expect(certificate).toEqual({ status: "downloadable" });
  expect(await looksDue(beside.app)).toEqual([]);
});

test("a name that the LMS has given to a new account has the account read again under which we know the name", async () => {
  const registered = anEvent(TYPES.registered, { user: userData("987654", "ADA") });
  expect(await note(registered)).toEqual(["QUEUED"]);
  expect(await looksDue(beside.app)).toMatchObject([{ reason: "ACCOUNT", userId, runKey: "" }]);
});

test("an entitlement that the LMS itself has changed has all enrollments of its learner compared, where no run is named", async () => {
  const { one, entitlementId } = await aRedeemedOne();
  beside.edx.others.deactivate("ada", one);
  await note(anEvent(TYPES.saved, { entitlement: { user: { id: userId }, course_key: null } }));
  await lookAfter(beside.app);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
});

test("a look that fails is taken again after 5 seconds, then after twice as long, and changes nothing", async () => {
  const { one, entitlementId } = await aRedeemedOne();
  beside.edx.others.deactivate("ada", one);
  await note(left(one));
  beside.edx.faults.set({ system: "lms", path: "^GET .*/enrollment/", kind: "status", status: 400 });
  for (const [attempt, pauseMs] of [
    [1, 5_000],
    [2, 10_000],
  ]) {
    expect(await lookAfter(beside.app)).toBe(1);
    const [due] = await looksDue(beside.app);
    expect(due!.attempt).toBe(attempt);
    expect(due!.inMs).toBeGreaterThan(pauseMs! * 0.9 - 2_000);
    expect(due!.inMs).toBeLessThanOrEqual(pauseMs!);
  }
  expect(await standing(beside, entitlementId)).toMatchObject({ enrollment: { courseRunKey: one } });
  await note(left(one)); // does not shorten the pause
  expect((await looksDue(beside.app))[0]!.inMs).toBeGreaterThan(6_000);
  beside.edx.faults.set();
  await lookAfter(beside.app);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
});

test("a certificate whose status the LMS does not tell is not looked at again, and any other failure is repeated", async () => {
  const { one } = await aRedeemedOne();
  beside.edx.others.certify("ada", one, "downloadable");
  beside.edx.faults.set({ system: "lms", path: "/certificates/", kind: "status", status: 400 });
  await note(anEvent(TYPES.certified, certificateData(userId, one)));
  await lookAfter(beside.app);
  expect(await looksDue(beside.app)).toMatchObject([{ reason: "CERTIFICATE", attempt: 1 }]);
  beside.edx.faults.set();
  for (const certificate of beside.edx.world.certificates.values()) certificate.isConfigured = false;
  await lookAfter(beside.app);
  expect(await looksDue(beside.app)).toEqual([]);
});

test("an event that comes while the LMS is read has it read once more", async () => {
  const { one } = await aRedeemedOne();
  await note(left(one));
  beside.edx.faults.set({ system: "lms", path: "^GET .*/enrollment/", kind: "slow", ms: 300 });
  const looking = lookAfter(beside.app);
  for (let claimed = false; !claimed;)
    claimed = (await looksDue(beside.app)).some(({ attempt }) => attempt > 0);
  await note(left(one));
  await looking;
  const [due] = await looksDue(beside.app);
  expect(due).toMatchObject({ attempt: 0, runKey: one });
  expect(due!.inMs).toBeGreaterThan(3_000);
});

test("processes that look at the same time take each look once, and a look whose process has died is taken again", async () => {
  const made = [await aRedeemedOne(), await aRedeemedOne(), await aRedeemedOne()];
  await note(...made.map(({ one }) => left(one)));
  await beside.app.db.query("update reconcile_due set due_at = clock_timestamp() - interval '1 s'");
  const taken = await Promise.all([1, 2, 3].map(() => lookAgain(beside.app)));
  expect(taken.reduce((sum, count) => sum + count)).toBe(3);
  await note(left(made[0]!.one));
  await beside.app.db.query(
    "update reconcile_due set attempt = 1, due_at = clock_timestamp() + interval '1 min'",
  );
  expect(await lookAgain(beside.app)).toBe(0);
  expect(await lookAfter(beside.app, 60_000)).toBe(1);
});

test("no look is taken while the LMS is kept busy", async () => {
  const { one } = await aRedeemedOne();
  await note(left(one));
  const busy = { ...beside.app, openEdx: { ...beside.app.openEdx, isBusy: true } };
  expect(await lookAfter(busy)).toBe(0);
  expect(await lookAfter(beside.app)).toBe(1);
});

test("events are refused while 50,000 looks are due, and looks that are a week old are given up", async () => {
  const { one } = await aRedeemedOne();
  await beside.app.db.query(
    `insert into reconcile_due select id, '', 'ACCOUNT', 1, 3, now() - interval '8 d', now() + interval '1 h'
     from generate_series(1000001, 1000000 + $1) id`,
    [LOOKS_DUE_AT_MOST],
  );
  await expect(note(left(one))).rejects.toThrow("too many looks");
  await beside.app.db.query("delete from reconcile_due where user_id > 1000002");
  expect(await callsOf(beside, () => lookAfter(beside.app))).toEqual([]);
  expect(await looksDue(beside.app)).toEqual([]);
  expect(await note(left(one))).toEqual(["QUEUED"]);
});

test("events are remembered for 30 days", async () => {
  const { one } = await aRedeemedOne();
  const event = left(one);
  await note(event);
  await beside.app.db.query("update seen_event set seen_at = now() - interval '29 d'");
  expect(await forgetEvents(beside.app, () => false)).toBe(false);
  expect(await note(event)).toEqual(["KNOWN"]);
  await beside.app.db.query("update seen_event set seen_at = now() - interval '31 d'");
  await forgetEvents(beside.app, () => false);
  expect(await beside.app.db.query("select id from seen_event")).toEqual([]);
});

test.each([
  ["a type that nobody follows", "org.openedx.learning.forum.thread.created.v1", {}, "UNKNOWN_TYPE"],
  ["no run", TYPES.changed, { enrollment: { user: { id: 1 } } }, "MALFORMED"],
  ["an id that is no number", TYPES.retired, { user: { id: "1; drop" } }, "MALFORMED"],
  [
    "a run with a character that cannot be stored",
    TYPES.rescheduled,
    { catalog_info: { course_key: "a\0b" } },
    "MALFORMED",
  ],
  [
    "a run with half a character, which would be stored as another run",
    TYPES.rescheduled,
    { catalog_info: { course_key: "a\ud800b" } },
    "MALFORMED",
  ],
  ["no data", TYPES.registered, null, "MALFORMED"],
])("an event with %s is told apart", async (_what, type, data, noted) => {
  expect(await note(anEvent(type, data))).toEqual([noted]);
});
