import type { App } from "../../../src/app";
import type { EnrollmentCall } from "../../../src/entities/enrollment-call";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { makeCalls } from "../../../src/use-cases/enrollment-calls/make-calls";
import { sweepEnrollmentCalls } from "../../../src/use-cases/enrollment-calls/sweep-enrollment-calls";
import { ada } from "../../support/demo-app";
import { aCourse, anEntitlement, inLms, redeem, standing, sweepLater, useLms } from "../../support/lms";
import { requestOf, SYSTEM } from "../../support/refunds";

const beside = useLms();
const POST = "^POST .*/enrollment$";

const leave = (entitlementId: string) => leaveSession(requestOf(beside.app, ada), { entitlementId });

/** The calls that are due after the pauses between attempts, while earlier requests may still have a late effect. */
async function sweepSoon() {
  await beside.app.db.query(
    "update enrollment_call set next_attempt_at = clock_timestamp() where next_attempt_at is not null",
  );
  await sweepEnrollmentCalls(beside.app);
}

/** An entitlement whose first request for an enrollment the LMS has not answered, and will only do later. */
async function aLateOne() {
  const { courseUuid, one } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  beside.edx.faults.set({ system: "lms", path: POST, nth: 1, kind: "reset" });
  await redeem(beside, entitlementId, one);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "PENDING_ENROLLMENT" });
  return { entitlementId, one, comesLate: () => beside.edx.others.enroll("ada", one, "verified") };
}

test("an enrollment that the LMS makes after the learner has left ends, also when a later attempt had made it", async () => {
  const { entitlementId, one, comesLate } = await aLateOne();
  await sweepSoon();
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
  await leave(entitlementId);
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
  comesLate();
  await sweepLater(beside);
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
});

test("who comes back finds the enrollment that an earlier request has made late", async () => {
  const { entitlementId, one, comesLate } = await aLateOne();
  await sweepSoon();
  await leave(entitlementId);
  comesLate();
  await redeem(beside, entitlementId, one);
  await sweepLater(beside);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
});

test("an end without an answer, which others may have made, does not end the enrollment that follows", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  await redeem(beside, entitlementId, one);
  beside.edx.faults.set({ system: "lms", path: POST, nth: 1, kind: "lostAnswer" });
  await leave(entitlementId);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
  await redeem(beside, entitlementId, one);
  beside.edx.others.deactivate("ada", one); // the request without an answer comes late
  await sweepLater(beside);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
});

test("what the LMS makes of a mode bought elsewhere, late and after a refusal, is ended", async () => {
  const { entitlementId, one, comesLate } = await aLateOne();
  beside.edx.others.enroll("ada", one, "professional");
  await sweepSoon();
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
  comesLate();
  await sweepLater(beside);
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
});

describe("an end that the LMS does not allow", () => {
  async function aRefusedEnd() {
    const { courseUuid, one } = await aCourse(beside);
    const entitlementId = await anEntitlement(beside, courseUuid);
    await redeem(beside, entitlementId, one);
    beside.edx.faults.set({ system: "lms", path: POST, kind: "status", status: 400 });
    await leave(entitlementId);
    return one;
  }

  test("is asked for again", async () => {
    const one = await aRefusedEnd();
    beside.edx.faults.set();
    await sweepLater(beside);
    expect(inLms(beside, one)).toMatchObject({ isActive: false });
  });

  test("waits for support after a day", async () => {
    const one = await aRefusedEnd();
    await beside.app.db.query("update enrollment_call set created_at = created_at - interval '25 h'");
    await sweepLater(beside);
    const [call] = await beside.app.db.query<{ state: string }[]>(
      "select state from enrollment_call join course_enrollment using (id) where course_run_key = $1",
      [one],
    );
    expect(call).toEqual({ state: "NEEDS_REVIEW" });
  });
});

test("an attempt that was overtaken asks the LMS for nothing", async () => {
  const { courseUuid, one } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  const overtaken: EnrollmentCall[] = [];
  const callLms: App["callLms"] = (_app, _change, calls) => {
    overtaken.push(...calls);
    return Promise.resolve([...calls]);
  };
  const stopped = { ...beside.app, callLms };
  await enrollAndFulfill(requestOf(stopped, ada), { entitlementId, courseRunKey: one });
  await sweepLater(beside);
  await leave(entitlementId);
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
  await makeCalls(beside.app, SYSTEM, overtaken);
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
});
