import { randomUUID } from "node:crypto";
import { assignPolicy } from "../../src/use-cases/policies/assign-policy";
import { expireEntitlement } from "../../src/use-cases/entitlements/expire-entitlement";
import { reissueEntitlement } from "../../src/use-cases/entitlements/reissue-entitlement";
import { setRefundLock } from "../../src/use-cases/entitlements/set-refund-lock";
import { transferEntitlement } from "../../src/use-cases/entitlements/transfer-entitlement";
import { leaveSession } from "../../src/use-cases/sessions/leave-session";
import { aRefund } from "../support/refunds";
import { expectRefusal } from "../support/stored";
import { untilSomebodyWaits } from "../support/waiting";
import {
  aCourse,
  ada,
  ago,
  anEntitlement,
  aRun,
  aWaitingEntitlement,
  bob,
  by,
  grace,
  hopper,
  useApp,
} from "../support/world";

const app = useApp();
const comments = "Asked by the learner";
const FIELD = { field: "entitlementId" };

/** Ada's entitlement, redeemed for a run that she may leave. */
async function aRedeemed(): Promise<string> {
  const courseUuid = aCourse();
  return anEntitlement(app, { courseUuid, run: await aRun(app, courseUuid) });
}

/** Does something while another transaction holds the row of an entitlement. */
const whileLocked = (id: string, work: () => Promise<unknown>) =>
  app.db.transaction(async (holder) => {
    await holder.query("select from course_entitlement where id = $1 for update", [id]);
    await work();
  });

const leave = (who: typeof ada, entitlementId: string) => leaveSession(by(who, app), { entitlementId });
const lockRefund = (entitlementId: string) =>
  setRefundLock(by(grace, app), { entitlementId, isLocked: true, comments });

test("who may not have an entitlement does not wait for its lock, which would show that it exists", async () => {
  const id = await aRedeemed();
  await whileLocked(id, () => expectRefusal(app, () => leave(bob, id), "ENTITLEMENT_NOT_FOUND", FIELD));
});

test("an entitlement that goes to another learner while its owner's command waits counts as missing", async () => {
  const id = await aRedeemed();
  let outcomes: Promise<PromiseSettledResult<unknown>[]>;
  await whileLocked(id, async () => {
    const given = transferEntitlement(by(hopper, app), { entitlementId: id, username: "bob", comments });
    await untilSomebodyWaits(app);
    outcomes = Promise.allSettled([given, leave(ada, id)]);
    await untilSomebodyWaits(app, 2);
  });
  expect(await outcomes!).toMatchObject([
    { status: "fulfilled" },
    { status: "rejected", reason: { code: "ENTITLEMENT_NOT_FOUND" } },
  ]);
});

test("an entitlement that does not exist is missing for everybody", async () => {
  const id = randomUUID();
  await expectRefusal(app, () => leave(ada, id), "ENTITLEMENT_NOT_FOUND", FIELD);
  await expectRefusal(app, () => lockRefund(id), "ENTITLEMENT_NOT_FOUND", FIELD);
});

test("nobody changes an entitlement while a refund of it is pending", async () => {
  const id = await aRedeemed();
  await aRefund(app, id, "REQUESTED");
  await expectRefusal(app, () => leave(ada, id), "REFUND_PENDING", FIELD);
  await expectRefusal(app, () => lockRefund(id), "REFUND_PENDING", FIELD);
});

test("while the LMS has not answered, only what ends the wait is done", async () => {
  const entitlementId = await aWaitingEntitlement(app);
  await expectRefusal(app, () => lockRefund(entitlementId), "PENDING_ENROLLMENT", FIELD);
  await expectRefusal(
    app,
    () => assignPolicy(by(hopper, app), { entitlementId, policyId: null, comments }),
    "PENDING_ENROLLMENT",
    FIELD,
  );
  await expireEntitlement(by(grace, app), { entitlementId, comments });
  expect(await lockRefund(entitlementId)).toMatchObject({ refundLocked: true });
});

test("an entitlement is not made usable again once its order is refunded, nor when it would expire at once", async () => {
  const refunded = await anEntitlement(app, { expiredAt: ago(1), expiryCause: "REFUNDED" });
  const reissue = (entitlementId: string) => () =>
    reissueEntitlement(by(grace, app), { entitlementId, comments });
  await expectRefusal(app, reissue(refunded), "ENTITLEMENT_REFUNDED", FIELD);
  const old = await anEntitlement(app, { createdAt: ago(1_000), expiredAt: ago(1), expiryCause: "SUPPORT" });
  await expectRefusal(app, reissue(old), "ENTITLEMENT_NOT_REDEEMABLE", {
    ...FIELD,
    blocker: "EXPIRATION_PERIOD_OVER",
  });
});
