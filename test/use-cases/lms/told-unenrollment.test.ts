import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { recordUnenrollment } from "../../../src/use-cases/sessions/record-unenrollment";
import { checksumOf } from "../../support/checksum";
import { ada } from "../../support/demo-app";
import { aCourse, anEntitlement, callsOf, shop, standing, sweepLater, useLms } from "../../support/lms";
import { requestOf } from "../../support/refunds";

const beside = useLms();

const record = (courseRunKey: string, refund: "KEEP" | "REFUND" = "KEEP") =>
  recordUnenrollment(requestOf(beside.app, shop), { userId: ada.userId, courseRunKey, refund });

async function aSpentOne() {
  const course = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, course.courseUuid);
  await enrollAndFulfill(requestOf(beside.app, ada), { entitlementId, courseRunKey: course.one });
  return { ...course, entitlementId };
}

test("what the LMS confirms is recorded, and the LMS is asked for nothing", async () => {
  const { entitlementId, one } = await aSpentOne();
  beside.edx.others.deactivate("ada", one);
  const changes = beside.edx.world.changes.length;
  expect(await record(one)).toMatchObject({ outcome: "CHANGED", entitlement: { id: entitlementId } });
  expect(await record(one)).toMatchObject({ outcome: "UNCHANGED" });
  await sweepLater(beside);
  expect(beside.edx.world.changes).toHaveLength(changes);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
});

test("a dry run supposes that it is true, without asking the LMS", async () => {
  const { entitlementId, one } = await aSpentOne();
  const rehearsing = { ...requestOf(beside.app, shop), rehearsal: { entries: [] } };
  const input = { userId: ada.userId, courseRunKey: one, refund: "REFUND" } as const;
  const before = await checksumOf(beside.app.db);
  const calls = await callsOf(beside, async () => {
    expect(await recordUnenrollment(rehearsing, input)).toMatchObject({
      outcome: "CHANGED",
      entitlement: { id: entitlementId, enrollment: null },
      refund: { entitlementId },
    });
  });
  expect(calls).toEqual([]);
  expect(await checksumOf(beside.app.db)).toEqual(before);
});

test("what the LMS does not confirm is not believed", async () => {
  const { entitlementId, one } = await aSpentOne();
  expect(await record(one, "REFUND")).toMatchObject({ outcome: "STILL_ENROLLED", refund: null });
  expect(await standing(beside, entitlementId)).toMatchObject({
    state: "FULFILLED_CHANGEABLE",
    refundState: null,
  });
});

test("the wish to refund concerns the run that was told, and no other run of the course", async () => {
  const { entitlementId, one, two } = await aSpentOne();
  beside.edx.others.deactivate("ada", one);
  beside.edx.others.enroll("ada", two, "audit");
  expect(await record(two, "REFUND")).toMatchObject({ outcome: "STILL_ENROLLED", refund: null });
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE", refundState: null });
});

test("nothing is decided while the LMS does not answer", async () => {
  const { entitlementId, one } = await aSpentOne();
  beside.edx.others.deactivate("ada", one);
  beside.edx.faults.set({ system: "lms", path: "^GET .*/enrollment/", kind: "status", status: 400 });
  await expect(record(one)).rejects.toMatchObject({ code: "LMS_UNAVAILABLE" });
  beside.edx.faults.set();
  expect(await record(one, "REFUND")).toMatchObject({ outcome: "CHANGED", refund: { entitlementId } });
});

test("what we have asked the LMS for ourselves comes first, and is then known", async () => {
  const { entitlementId, one } = await aSpentOne();
  const path = "^POST .*/enrollment$";
  beside.edx.faults.set(
    { system: "lms", path, kind: "lostAnswer" },
    { system: "lms", path: "^GET .*/enrollment/", nth: 3, kind: "reset" },
  );
  await leaveSession(requestOf(beside.app, ada), { entitlementId });
  beside.edx.faults.set();
  expect((await record(one, "REFUND")).refund).toBeNull();
  await sweepLater(beside);
  expect(await record(one, "REFUND")).toMatchObject({ outcome: "UNCHANGED", refund: null });
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE", refundState: null });
});

test("nothing is decided when the LMS does not know the learner", async () => {
  const { entitlementId, one } = await aSpentOne();
  const { users, enrollments } = beside.edx.world;
  const account = users.get("ada")!;
  users.delete("ada");
  enrollments.delete(`ada ${one}`);
  await expect(record(one, "REFUND")).rejects.toMatchObject({ code: "USER_NOT_FOUND" });
  users.set("ada", account);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
  expect(await record(one)).toMatchObject({ outcome: "CHANGED" });
});

test("an enrollment that others change each time that the LMS is asked is refused as a conflict", async () => {
  const { entitlementId, one } = await aSpentOne();
  beside.edx.others.deactivate("ada", one);
  const { enrollments } = beside.app.openEdx;
  const read = enrollments.read.bind(enrollments);
  const asking = jest.spyOn(enrollments, "read").mockImplementation(async (key) => {
    await beside.app.db.query(
      "update course_enrollment set mode = case mode when 'audit' then 'verified' else 'audit' end where course_run_key = $1",
      [one],
    );
    return read(key);
  });
  await expect(record(one)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(asking).toHaveBeenCalledTimes(3);
  const fault = new TypeError("a mistake of ours");
  asking.mockRejectedValueOnce(fault);
  await expect(record(one)).rejects.toBe(fault);
  asking.mockRestore();
  expect(await record(one)).toMatchObject({ outcome: "CHANGED", entitlement: { id: entitlementId } });
});
