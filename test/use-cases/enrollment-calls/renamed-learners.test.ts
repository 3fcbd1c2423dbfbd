import type { Actor } from "../../../src/auth/actor";
import { lookAtCertificate, lookAtEnrollments } from "../../../src/use-cases/lms/looks";
import { fulfillOrder } from "../../../src/use-cases/entitlements/fulfill-order";
import { revokeEntitlement } from "../../../src/use-cases/entitlements/revoke-entitlement";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { enrollmentId } from "../../fake-edx/world/world";
import { ada } from "../../support/demo-app";
import { aCourse, shop, standing, sweepLater, useLms } from "../../support/lms";
import { requestOf } from "../../support/refunds";

const beside = useLms();
let made = 7_000;

/** A learner with an entitlement, and the course. */
async function aLearner() {
  const [id, course] = [String(++made), await aCourse(beside)];
  const name = `Learner${id}`;
  beside.edx.others.register({ id, username: name });
  const order = {
    username: name,
    courseUuid: course.courseUuid,
    mode: "verified",
    orderNumber: `NAME-${id}`,
  };
  const { entitlement } = await fulfillOrder(requestOf(beside.app, shop), { ...order, refundLocked: false });
  const learner: Actor = { ...ada, userId: id, username: name };
  return { ...course, id, name, entitlementId: entitlement.id, asking: requestOf(beside.app, learner) };
}

/** The same, redeemed for the first run; then the LMS gives the learner another username, and the old one to a new account. */
async function aRenamedOne() {
  const made = await aLearner();
  const { asking, entitlementId, one, name } = made;
  await enrollAndFulfill(asking, { entitlementId, courseRunKey: one });
  return { ...made, ...rename(name) };
}

function rename(name: string) {
  beside.edx.others.rename(name, `${name}_now`);
  beside.edx.others.register({ id: String(++made), username: name });
  return { newName: `${name}_now` };
}

const isEnrolled = (username: string, run: string) =>
  beside.edx.world.enrollments.get(enrollmentId(username, run))?.isActive ?? false;

async function callOf(entitlementId: string) {
  const sql = "select state, detail from enrollment_call where entitlement_id = $1 order by modified_at desc";
  const [call] = await beside.app.db.query<{ state: string; detail: string | null }[]>(sql, [entitlementId]);
  return call;
}

const revoke = (entitlementId: string) =>
  revokeEntitlement(requestOf(beside.app, shop), { entitlementId, reason: "returned" });

describe("when the LMS has given the username of a learner to another account", () => {
  test("an end is that of the learner's enrollment, and not that of the other account", async () => {
    const { entitlementId, one, name, newName } = await aRenamedOne();
    beside.edx.others.enroll(name, one, "verified");
    await revoke(entitlementId);
    expect([isEnrolled(newName, one), isEnrolled(name, one)]).toEqual([false, true]);
    expect(await callOf(entitlementId)).toMatchObject({ state: "DONE" });
    expect(await standing(beside, entitlementId)).toMatchObject({ username: newName });
  });

  test("the learner is enrolled, and not the other account", async () => {
    const { entitlementId, one, name, asking } = await aLearner();
    const { newName } = rename(name);
    await enrollAndFulfill(asking, { entitlementId, courseRunKey: one });
    expect([isEnrolled(newName, one), isEnrolled(name, one)]).toEqual([true, false]);
  });

  test("what the other account has is not recorded as the learner's", async () => {
    const { id, one, name } = await aRenamedOne();
    const { one: elsewhere } = await aCourse(beside);
    beside.edx.others.enroll(name, elsewhere, "verified");
    beside.edx.others.certify(name, one, "downloadable");
    for (const look of [
      () => lookAtCertificate(beside.app, { id, username: name }, one),
      () => lookAtEnrollments(beside.app, { id, username: name }),
      () => lookAtEnrollments(beside.app, { id, username: name }, elsewhere),
    ])
      await look();
    const recorded = await beside.app.db.query<object[]>(
      `select n.course_run_key as run, n.is_active as "isActive", c.status from course_enrollment n
       left join certificate c on c.user_id = n.user_id and c.course_run_key = n.course_run_key
       where n.user_id = $1`,
      [id],
    );
    expect(recorded).toEqual([{ run: one, isActive: true, status: null }]);
  });
});

test("an end waits while the LMS does not tell whose the enrollment is", async () => {
  const { entitlementId, one, newName } = await aRenamedOne();
  beside.edx.faults.set({ system: "lms", path: "/accounts", kind: "reset" });
  await revoke(entitlementId);
  expect(await callOf(entitlementId)).toMatchObject({ state: "IN_DOUBT" });
  beside.edx.faults.set();
  await sweepLater(beside);
  expect(await callOf(entitlementId)).toMatchObject({ state: "DONE" });
  expect(isEnrolled(newName, one)).toBe(false);
});

test("nothing counts as done for an account that the LMS does not know", async () => {
  const { entitlementId, one, newName, asking } = await aRenamedOne();
  beside.edx.world.users.delete(newName.toLowerCase());
  await leaveSession(asking, { entitlementId });
  expect(await callOf(entitlementId)).toEqual({ state: "REFUSED", detail: "USER_UNKNOWN" });
  expect(isEnrolled(newName, one)).toBe(true);
});
