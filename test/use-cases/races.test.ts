import { orConflict } from "../../src/use-cases/races";
import { setRefundLock } from "../../src/use-cases/entitlements/set-refund-lock";
import { unenrollAndRefund } from "../../src/use-cases/refunds/unenroll-and-refund";
import { expectRefusal } from "../support/stored";
import { aCourse, anEntitlement, aRun, ada, by, grace, useApp } from "../support/world";

const app = useApp();

test("a command that does not get a lock in time is refused as a conflict, which can be tried again", async () => {
  const courseUuid = aCourse();
  const entitlementId = await anEntitlement(app, { courseUuid, run: await aRun(app, courseUuid) });
  const lock = { entitlementId, isLocked: true, comments: "Asked by the shop" };
  const refund = { entitlementId, refund: "REQUEST" } as const;
  await app.db.transaction(async (holder) => {
    await holder.query("select from course_entitlement where id = $1 for update", [entitlementId]);
    await Promise.all([
      expectRefusal(app, () => setRefundLock(by(grace, app), lock), "CONFLICT"),
      expectRefusal(app, () => unenrollAndRefund(by(ada, app), refund), "CONFLICT"),
    ]);
  });
  expect(await setRefundLock(by(grace, app), lock)).toMatchObject({ refundLocked: true });
});

test("an error that is no wait for a lock stays what it is", async () => {
  const fault = Object.assign(new Error("division by zero"), { code: "22012" });
  await expect(orConflict(Promise.reject(fault))).rejects.toBe(fault);
});
