import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { enrollIfEntitled } from "../../../src/use-cases/sessions/enroll-if-entitled";
import { moveSession } from "../../../src/use-cases/sessions/move-session";
import { switchSession } from "../../../src/use-cases/sessions/switch-session";
import { lookAtCourses } from "../../../src/use-cases/lms/looks";
import { ada, bob, grace } from "../../support/demo-app";
import {
  aCourse,
  anEntitlement,
  callsOf,
  ENROLLMENT,
  inLms,
  standing,
  sweepLater,
  useLms,
} from "../../support/lms";
import { requestOf } from "../../support/refunds";

const beside = useLms();
const DAY_MS = 86_400_000;

const redeem = (entitlementId: string, courseRunKey: string, by = ada) =>
  enrollAndFulfill(requestOf(beside.app, by), { entitlementId, courseRunKey });
const past = () => new Date(Date.now() - DAY_MS);

test("a run that the LMS has closed meanwhile is refused before the LMS is asked to enroll", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  beside.edx.world.runs.get(one)!.enrollmentEndsAt = past();
  const refusal = { code: "COURSE_RUN_NOT_AVAILABLE", details: { blocker: "ENROLLMENT_CLOSED" } };
  await expect(redeem(id, one)).rejects.toMatchObject(refusal);
  expect(inLms(beside, one)).toBeUndefined();
});

test("a run that we do not know yet is looked up in the catalog", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  const key = one.replace("+one", "+three");
  beside.edx.world.runs.set(key, { ...beside.edx.world.runs.get(one)!, key });
  expect(await redeem(id, key)).toMatchObject({ enrollment: { courseRunKey: key, isActive: true } });
});

test("an enrollment that the learner has bought elsewhere meanwhile is seen, and no change is asked for", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  beside.edx.others.enroll("ada", one, "verified");
  const calls = await callsOf(beside, () =>
    expect(redeem(id, one)).rejects.toMatchObject({ code: "ALREADY_ENROLLED_IN_PAID_MODE" }),
  );
  expect(calls.filter((call) => call.startsWith("POST"))).toEqual([]);
});

test("the entitlement of another learner, and a run of another course, cause no call", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const other = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  const calls = await callsOf(beside, async () => {
    await expect(redeem(id, one, bob)).rejects.toMatchObject({ code: "ENTITLEMENT_NOT_FOUND" });
    await expect(redeem(id, other.one)).rejects.toMatchObject({ code: "COURSE_RUN_NOT_IN_COURSE" });
    expect(await enrollIfEntitled(requestOf(beside.app, ada), { courseRunKey: other.two })).toBeNull();
  });
  expect(calls).toEqual([]);
});

test("a dry run asks nobody", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  const rehearsing = { ...requestOf(beside.app, ada), rehearsal: { entries: [] } };
  const dryRun = () => enrollAndFulfill(rehearsing, { entitlementId, courseRunKey: one });
  expect(await callsOf(beside, dryRun)).toEqual([]);
});

test("without an answer of the LMS, what was told of a run within 30 days decides, and nothing older", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  const seen = (days: number) =>
    beside.app.db.query("update course_run set seen_at = $2 where key = $1", [
      one,
      new Date(beside.app.clock().getTime() - days * DAY_MS),
    ]);
  beside.edx.faults.set({ system: "lms", path: "/course/", kind: "reset" });
  await seen(31);
  await expect(redeem(id, one)).rejects.toMatchObject({ code: "LMS_UNAVAILABLE" });
  expect(await standing(beside, id)).toMatchObject({ state: "AVAILABLE" });
  await seen(29);
  await redeem(id, one);
  expect(await standing(beside, id)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
});

test("enrollIfEntitled looks at the run only for a learner who has something to redeem there", async () => {
  const { courseUuid, one } = await aCourse(beside);
  await anEntitlement(beside, courseUuid);
  beside.edx.world.runs.get(one)!.enrollmentEndsAt = past();
  const press = () => enrollIfEntitled(requestOf(beside.app, ada), { courseRunKey: one });
  expect(await press()).toBeNull();
  beside.edx.world.runs.get(one)!.enrollmentEndsAt = null;
  expect(await press()).toMatchObject({ enrollment: { courseRunKey: one } });
});

test.each([1, 2])(
  "the enroll button, pressed again while the LMS is slow, tells of the same entitlement, of %d that the learner has",
  async (count) => {
    const { courseUuid, one } = await aCourse(beside);
    for (let made = 0; made < count; made++) await anEntitlement(beside, courseUuid);
    beside.edx.faults.set({ system: "lms", path: ENROLLMENT.POST, kind: "status", status: 503 });
    const press = () => enrollIfEntitled(requestOf(beside.app, ada), { courseRunKey: one });
    const { id } = (await press())!;
    expect(await standing(beside, id)).toMatchObject({ state: "PENDING_ENROLLMENT", pendingRunKey: one });
    expect(await press()).toMatchObject({ id, pendingRunKey: one });
    beside.edx.faults.set();
    await sweepLater(beside);
    expect(await press()).toMatchObject({ id, enrollment: { courseRunKey: one } });
  },
);

test("a move and a switch look at the wanted run, the current enrollment and the certificate", async () => {
  const { courseUuid, one, two } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  await redeem(id, one);
  const looks = (from: string, to: string) => [
    expect.stringContaining("/certificates/"),
    expect.stringContaining("/course/"),
    ...[from, to].sort().map((run) => expect.stringMatching(new RegExp(`/enrollment/ada,.*${run}$`))),
    expect.stringContaining("/accounts?"), // as there is no certificate
  ];
  const move = { entitlementId: id, courseRunKey: two, override: [], comments: "A wish." };
  const moving = await callsOf(beside, () => moveSession(requestOf(beside.app, grace), move));
  expect(before(moving)).toEqual(looks("one", "two"));
  await sweepLater(beside); // ends the enrollment in the former run
  const switching = await callsOf(beside, () =>
    switchSession(requestOf(beside.app, ada), { entitlementId: id, courseRunKey: one }),
  );
  expect(before(switching)).toEqual(looks("two", "one"));
  expect(inLms(beside, one)).toMatchObject({ isActive: true });
});

test("a certificate that the LMS has not told yet stops a move, whatever the agent overrides", async () => {
  const { courseUuid, one, two } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  await redeem(id, one);
  beside.edx.others.certify("ada", one, "downloadable");
  const override = ["REGAIN_PERIOD_OVER"] as const;
  const move = { entitlementId: id, courseRunKey: two, override, comments: "A wish." };
  const refusal = { code: "ENTITLEMENT_NOT_REGAINABLE", details: { blocker: "CERTIFICATE_EARNED" } };
  await expect(moveSession(requestOf(beside.app, grace), move)).rejects.toMatchObject(refusal);
});

describe("an entitlement whose learner has left the run in the LMS, which has not told it yet", () => {
  async function aLeftOne() {
    const { courseUuid, one, two } = await aCourse(beside);
    const id = await anEntitlement(beside, courseUuid);
    await redeem(id, one);
    beside.edx.others.deactivate("ada", one);
    return { id, one, two };
  }
  const press = (courseRunKey: string) => enrollIfEntitled(requestOf(beside.app, ada), { courseRunKey });

  test.each([
    ["enrollAndFulfill", (id: string, run: string) => redeem(id, run)],
    ["enrollIfEntitled", (_: string, run: string) => press(run)],
  ])("is redeemed by %s for the same run and for another one", async (_, enroll) => {
    for (const which of ["one", "two"] as const) {
      const left = await aLeftOne();
      expect(await enroll(left.id, left[which])).toMatchObject({
        id: left.id,
        enrollment: { courseRunKey: left[which], isActive: true },
      });
      expect(inLms(beside, left[which])).toEqual({ mode: "verified", isActive: true });
    }
  });
});

test("a move to the run that is chosen already asks nobody", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  await redeem(id, one);
  const move = { entitlementId: id, courseRunKey: one, override: [], comments: "A wish." };
  const calls = await callsOf(beside, () => moveSession(requestOf(beside.app, grace), move));
  expect(calls).toEqual([]);
});

test("the enroll button redeems an entitlement whose enrollment had ended long before", async () => {
  const { courseUuid, one, two } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  await redeem(id, one);
  beside.edx.others.deactivate("ada", one);
  await beside.app.db.query(
    `update course_enrollment set is_active = false, created_at = now() - interval '40 days' where course_run_key = $1`,
    [one],
  );
  await beside.app.db.query(
    "update course_entitlement set redeemed_at = now() - interval '40 days', created_at = now() - interval '50 days' where id = $1",
    [id],
  );
  expect(await enrollIfEntitled(requestOf(beside.app, ada), { courseRunKey: two })).toMatchObject({ id });
  expect(await standing(beside, id)).toMatchObject({ enrollment: { courseRunKey: two, isActive: true } });
});

/** The calls before the first change and the two that precede it: the account and the enrollment are read again. */
function before(calls: string[]): string[] {
  const change = calls.findIndex((call) => call.startsWith("POST"));
  expect(change).toBeGreaterThan(0);
  return calls.slice(0, change - 2).toSorted();
}

test("looks at the same thing at the same time share a call", async () => {
  const { courseUuid } = await aCourse(beside);
  const looking = () => Promise.all([1, 2, 3].map(() => lookAtCourses(beside.app, [courseUuid])));
  expect(await callsOf(beside, looking)).toHaveLength(1);
  expect(await callsOf(beside, looking)).toHaveLength(1);
});
