import { randomUUID } from "node:crypto";
import { resolveRefund } from "../../../src/use-cases/refunds/resolve-refund";
import { aRefund } from "../../support/refunds";
import { expectRefusal, stored } from "../../support/stored";
import { untilSomebodyWaits } from "../../support/waiting";
import { anEntitlement, by, grace, useApp } from "../../support/world";

const app = useApp();
const comments = "The shop says so by telephone.";
const resolve = (refundId: string) =>
  resolveRefund(by(grace, app), { refundId, outcome: "SUCCEEDED", comments });

test("a refund that does not exist cannot be resolved", () =>
  expectRefusal(app, () => resolve(randomUUID()), "REFUND_NOT_FOUND", { field: "refundId" }));

test("a refund that has ended cannot be resolved", async () => {
  const { id } = await aRefund(app, await anEntitlement(app), "FAILED");
  await expectRefusal(app, () => resolve(id), "REFUND_NOT_IN_REVIEW", { field: "refundId" });
});

test("a refund that is deleted while its entitlement is locked does not exist any more", async () => {
  const { id, entitlementId } = await aRefund(app, await anEntitlement(app), "NEEDS_REVIEW");
  const [resolving] = await app.db.transaction(async (deleting) => {
    await deleting.query("select from course_entitlement where id = $1 for update", [entitlementId]);
    const command = resolve(id);
    await untilSomebodyWaits(app);
    await deleting.query("delete from refund where id = $1", [id]);
    return [command];
  });
  await expect(resolving).rejects.toMatchObject({ code: "REFUND_NOT_FOUND" });
  expect(await stored(app, entitlementId)).toMatchObject({ expiredAt: null });
});
