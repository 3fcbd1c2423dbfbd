import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { transact } from "../../../src/store/transact";
import { expireEntitlement } from "../../../src/use-cases/entitlements/expire-entitlement";
import { fulfillOrder } from "../../../src/use-cases/entitlements/fulfill-order";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { moveSession } from "../../../src/use-cases/sessions/move-session";
import { switchSession } from "../../../src/use-cases/sessions/switch-session";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { ada, ask, grace } from "../../support/demo-app";
import {
  ENROLLMENT,
  aCourse,
  anEntitlement,
  inLms,
  redeem,
  requestsAbout,
  shop,
  standing,
  sweepLater,
  useLms,
} from "../../support/lms";
import { requestOf, SYSTEM } from "../../support/refunds";
import { supportDetails } from "../../support/stored";

const beside = useLms();
const { POST, GET } = ENROLLMENT;

const sweep = () => sweepLater(beside);
const requests = (run: string) => requestsAbout(beside, run);

test("the LMS enrolls the learner after a look, and the entitlement is redeemed for that enrollment", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  const enrollment = { courseRunKey: one, isActive: true, mode: "verified" };
  expect(await redeem(beside, id, one)).toMatchObject({ pendingEnrollmentId: null, enrollment });
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  expect(await standing(beside, id)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
  // The run and the enrollment are looked at before the decision, and the enrollment again before it is changed.
  expect(requests(one)).toEqual(["GET", "GET", "GET", "POST"]);
});

test("a refusal by the LMS leaves the entitlement as it was", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  beside.edx.world.runs.get(one)!.preventedBy = "enrollmentFilter";
  await expect(redeem(beside, id, one)).rejects.toMatchObject({ code: "ENROLLMENT_REFUSED" });
  expect(await standing(beside, id)).toMatchObject({
    state: "AVAILABLE",
    pendingEnrollmentId: null,
    enrollment: null,
  });
  expect(await sweep()).toBe(0);
});

test("a mode that was bought elsewhere meanwhile is left alone, and the entitlement stays usable", async () => {
  for (const mode of ["verified", "professional"]) {
    const { courseUuid, one } = await aCourse(beside);
    const id = await anEntitlement(beside, courseUuid);
    beside.edx.others.enroll("ada", one, mode);
    await expect(redeem(beside, id, one)).rejects.toMatchObject({ code: "ALREADY_ENROLLED_IN_PAID_MODE" });
    expect(inLms(beside, one)).toEqual({ mode, isActive: true });
    expect(await standing(beside, id)).toMatchObject({ state: "AVAILABLE" });
  }
});

test("a free enrollment is upgraded", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  beside.edx.others.enroll("ada", one, "audit");
  await redeem(beside, id, one);
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
});

describe("while the LMS is away", () => {
  async function aPendingOne() {
    const course = await aCourse(beside);
    const id = await anEntitlement(beside, course.courseUuid);
    beside.edx.faults.set({ system: "lms", path: GET, kind: "reset" });
    const pending = await redeem(beside, id, course.one);
    return { ...course, id, pending };
  }

  test("the entitlement waits for it, and is redeemed once it is back", async () => {
    const { id, one, pending } = await aPendingOne();
    expect(pending).toMatchObject({ pendingRunKey: one, enrollment: null });
    expect(await standing(beside, id)).toMatchObject({ state: "PENDING_ENROLLMENT" });
    beside.edx.faults.set();
    expect(await sweep()).toBe(1);
    expect(await standing(beside, id)).toMatchObject({
      state: "FULFILLED_CHANGEABLE",
      enrollment: { courseRunKey: one },
    });
    expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  });

  test("clients see the state, the run and the blockers", async () => {
    const { id, one } = await aPendingOne();
    const { data } = await ask(
      beside.app,
      ada,
      `query($id: ID!) { entitlement(id: $id) {
        state isExpired redeemBlocker regainBlocker refundBlocker
        pendingEnrollment { isActive courseRun { key } } enrollment { id } sessions { blocker }
      } }`,
      { id },
    );
    expect(data!["entitlement"]).toEqual({
      state: "PENDING_ENROLLMENT",
      isExpired: false,
      redeemBlocker: "PENDING_ENROLLMENT",
      regainBlocker: "PENDING_ENROLLMENT",
      refundBlocker: "PENDING_ENROLLMENT",
      pendingEnrollment: { isActive: false, courseRun: { key: one } },
      enrollment: null,
      sessions: [{ blocker: "PENDING_ENROLLMENT" }, { blocker: "PENDING_ENROLLMENT" }],
    });
  });

  test("the same run again changes nothing, and every other wish of the learner is refused", async () => {
    const { id: entitlementId, one, two } = await aPendingOne();
    const request = () => requestOf(beside.app, ada);
    expect(await redeem(beside, entitlementId, one)).toMatchObject({ pendingRunKey: one });
    const blocked = { details: { blocker: "PENDING_ENROLLMENT" } };
    await expect(redeem(beside, entitlementId, two)).rejects.toMatchObject(blocked);
    await expect(switchSession(request(), { entitlementId, courseRunKey: two })).rejects.toMatchObject(
      blocked,
    );
    await expect(leaveSession(request(), { entitlementId })).rejects.toMatchObject(blocked);
    const refund = { entitlementId, refund: "REQUEST" as const };
    await expect(unenrollAndRefund(request(), refund)).rejects.toMatchObject(blocked);
  });

  test("support has to look after a day", async () => {
    const { id, one } = await aPendingOne();
    await beside.app.db.query(
      "update enrollment_call set created_at = created_at - interval '25 h' where entitlement_id = $1",
      [id],
    );
    await sweep();
    const [call] = await beside.app.db.query<{ state: string }[]>(
      "select state from enrollment_call where entitlement_id = $1",
      [id],
    );
    expect(call).toEqual({ state: "NEEDS_REVIEW" });
    expect(await standing(beside, id)).toMatchObject({ state: "PENDING_ENROLLMENT", pendingRunKey: one });
  });
});

describe("an expired entitlement that is moved while the LMS is away", () => {
  async function aMovedOne() {
    const { courseUuid, one, two } = await aCourse(beside);
    const entitlementId = await anEntitlement(beside, courseUuid);
    await redeem(beside, entitlementId, one);
    const expiry = { expiredAt: beside.app.clock(), expiryCause: "LAPSED" } as const;
    await transact(beside.app.db, SYSTEM, (tx) =>
      tx.save(CourseEntitlement, { id: entitlementId, ...expiry }),
    );
    beside.edx.faults.set({ system: "lms", path: POST, kind: "status", status: 503 });
    const move = { entitlementId, courseRunKey: two, override: [], comments: "as agreed" };
    await moveSession(requestOf(beside.app, grace), move);
    beside.edx.faults.set();
    return { entitlementId, one, two, expiry };
  }

  test("waits, and is still expired", async () => {
    const { entitlementId } = await aMovedOne();
    const asked = "query($id: ID!) { entitlement(id: $id) { state isExpired expiryCause } }";
    expect((await ask(beside.app, ada, asked, { id: entitlementId })).data!["entitlement"]).toEqual({
      state: "PENDING_ENROLLMENT",
      isExpired: true,
      expiryCause: "LAPSED",
    });
  });

  test("no longer waits when an agent expires it, and keeps its expiry and its run", async () => {
    const { entitlementId, one, two, expiry } = await aMovedOne();
    const end = () =>
      expireEntitlement(requestOf(beside.app, grace), { entitlementId, comments: "not any more" });
    expect(await end()).toMatchObject({ ...expiry, pendingRunKey: null, enrollment: { courseRunKey: one } });
    expect((await supportDetails(beside.app, entitlementId)).at(-1)).toMatchObject({
      action: "EXPIRE",
      comments: "not any more",
      unenrolledRunKey: null,
    });
    await sweep();
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED", ...expiry });
    expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
    expect(inLms(beside, two)?.isActive ?? false).toBe(false);
    await expect(end()).rejects.toMatchObject({ code: "ENTITLEMENT_EXPIRED" });
  });
});

test("an answer that was lost is looked for, and no second request is sent", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const id = await anEntitlement(beside, courseUuid);
  beside.edx.faults.set(
    { system: "lms", path: POST, kind: "lostAnswer" },
    { system: "lms", path: GET, nth: 2, kind: "reset" },
  );
  await redeem(beside, id, one);
  beside.edx.faults.set();
  await sweep();
  expect(await standing(beside, id)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
  expect(requests(one).filter((method) => method === "POST")).toHaveLength(1);
});

test("switching enrolls in the new run before the old one is left", async () => {
  const { courseUuid, one, two } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  await redeem(beside, entitlementId, one);
  const switched = await switchSession(requestOf(beside.app, ada), { entitlementId, courseRunKey: two });
  expect(switched).toMatchObject({ enrollment: { courseRunKey: two, isActive: true } });
  expect([inLms(beside, one), inLms(beside, two)]).toMatchObject([{ isActive: true }, { isActive: true }]);
  await sweep();
  expect([inLms(beside, one), inLms(beside, two)]).toMatchObject([{ isActive: false }, { isActive: true }]);
});

test("a switch that the LMS refuses leaves the learner where the learner is", async () => {
  const { courseUuid, one, two } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  await redeem(beside, entitlementId, one);
  beside.edx.world.runs.get(two)!.preventedBy = "enrollmentFilter";
  const wish = switchSession(requestOf(beside.app, ada), { entitlementId, courseRunKey: two });
  await expect(wish).rejects.toMatchObject({ code: "ENROLLMENT_REFUSED" });
  await sweep();
  expect(await standing(beside, entitlementId)).toMatchObject({
    state: "FULFILLED_CHANGEABLE",
    enrollment: { courseRunKey: one },
  });
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
});

test("an order upgrades a free enrollment through the LMS, and is fulfilled whatever the LMS says", async () => {
  const order = { username: "ada", mode: "verified", refundLocked: false };
  const [{ courseUuid, one }, other] = [await aCourse(beside), await aCourse(beside)];
  for (const run of [one, other.one]) {
    beside.edx.others.enroll("ada", run, "audit");
    await beside.app.db.query(
      "insert into course_enrollment (user_id, course_run_key, mode, is_active, created_at) values (1, $1, 'audit', true, now())",
      [run],
    );
  }
  const request = () => requestOf(beside.app, shop);
  const upgraded = await fulfillOrder(request(), { ...order, courseUuid, orderNumber: `UP-${one}` });
  expect(upgraded.entitlement).toMatchObject({ enrollment: { courseRunKey: one, mode: "verified" } });
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  beside.edx.world.runs.get(other.one)!.preventedBy = "viewFilter";
  const refused = { ...order, courseUuid: other.courseUuid, orderNumber: `UP-${other.one}` };
  expect((await fulfillOrder(request(), refused)).entitlement).toMatchObject({
    enrollment: null,
    pendingRunKey: null,
  });
});

test("a dry run asks the LMS for nothing", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  const rehearsal = { entries: [] };
  const request = { ...requestOf(beside.app, ada), rehearsal };
  const foreseen = await enrollAndFulfill(request, { entitlementId, courseRunKey: one });
  expect(foreseen).toMatchObject({ enrollment: { courseRunKey: one } });
  expect([requests(one).filter((method) => method === "POST"), inLms(beside, one)]).toEqual([[], undefined]);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
});
