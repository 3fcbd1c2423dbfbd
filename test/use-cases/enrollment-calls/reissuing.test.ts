import { DAY_MS } from "../../../src/rules/entitlement-rules";
import { reissueEntitlement } from "../../../src/use-cases/entitlements/reissue-entitlement";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { switchSession } from "../../../src/use-cases/sessions/switch-session";
import { ada, grace } from "../../support/demo-app";
import {
  ENROLLMENT,
  aCourse,
  anEntitlement,
  callsOf,
  redeem,
  standing,
  sweepLater,
  useLms,
} from "../../support/lms";
import { requestOf } from "../../support/refunds";

const beside = useLms();

/** An entitlement that waits for the LMS: to be redeemed, or for a switch from a run. */
async function aWaitingOne({ isSwitch }: { isSwitch: boolean }) {
  const { courseUuid, one, two } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  if (isSwitch) await redeem(beside, entitlementId, one);
  beside.edx.faults.set({ system: "lms", path: ENROLLMENT.POST, kind: "reset" });
  if (isSwitch) await switchSession(requestOf(beside.app, ada), { entitlementId, courseRunKey: two });
  else await redeem(beside, entitlementId, one);
  beside.edx.faults.set();
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "PENDING_ENROLLMENT" });
  return { entitlementId, one };
}
const reissue = (entitlementId: string) =>
  reissueEntitlement(requestOf(beside.app, grace), { entitlementId, comments: "The LMS does not answer." });
const refund = (entitlementId: string) =>
  unenrollAndRefund(requestOf(beside.app, ada), { entitlementId, refund: "REQUEST" });

/** Has a switch asked for some days ago, from a run for which the entitlement was redeemed 16 days ago. */
async function date(entitlementId: string, daysAgo: number): Promise<void> {
  const before = (days: number) => new Date(beside.app.clock().getTime() - days * DAY_MS);
  const { enrollmentId, pendingEnrollmentId } = await standing(beside, entitlementId);
  const { db } = beside.app;
  await db.query("update course_enrollment set created_at = $2 where id = $1", [enrollmentId, before(16)]);
  await db.query("update course_entitlement set created_at = $2, redeemed_at = $2 where id = $1", [
    entitlementId,
    before(16),
  ]);
  await db.query("update enrollment_call set created_at = $2 where id = $1", [
    pendingEnrollmentId,
    before(daysAgo),
  ]);
}

test.each([
  ["was never redeemed", false],
  ["waits for a switch from a run that could be left", true],
])("an order whose entitlement %s can be refunded after a reissue that ends the waiting", async (...row) => {
  const [, isSwitch] = row;
  const { entitlementId } = await aWaitingOne({ isSwitch });
  expect(await reissue(entitlementId)).toMatchObject({ refundLocked: false, pendingEnrollmentId: null });
  await sweepLater(beside);
  expect(await refund(entitlementId)).toMatchObject({ refund: { state: "SUCCEEDED" } });
});

test("a reissue asks for the certificate for the run that is left while a switch waits, and locks refunds for it", async () => {
  const { entitlementId, one } = await aWaitingOne({ isSwitch: true });
  beside.edx.others.certify("ada", one, "downloadable");
  expect(await reissue(entitlementId)).toMatchObject({ refundLocked: true });
});

test("a reissue of what waits to be redeemed asks for no certificate", async () => {
  const { entitlementId } = await aWaitingOne({ isSwitch: false });
  const calls = await callsOf(beside, () => reissue(entitlementId));
  expect(calls.filter((call) => call.includes("/certificates/"))).toEqual([]);
});

test.each([
  ["can be refunded when the switch was asked for in time", 3, false],
  ["cannot be refunded when the switch was asked for too late", 1, true],
])("after a reissue that ends the waiting for a switch, the order %s", async (...row) => {
  const [, daysAgo, refundLocked] = row;
  const { entitlementId } = await aWaitingOne({ isSwitch: true });
  await date(entitlementId, daysAgo);
  expect(await reissue(entitlementId)).toMatchObject({ refundLocked });
});
