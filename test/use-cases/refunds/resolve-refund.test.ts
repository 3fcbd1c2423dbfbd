import { randomUUID } from "node:crypto";
import { Refund } from "../../../src/entities/refund";
import { resolveRefund } from "../../../src/use-cases/refunds/resolve-refund";
import { expectRefusal, stored } from "../../support/stored";
import { untilSomebodyWaits } from "../../support/waiting";
import { anEntitlement, by, grace, NOW, put, useApp } from "../../support/world";

const app = useApp();
const comments = "The shop says so by telephone.";
const resolve = (refundId: string) =>
  resolveRefund(by(grace, app), { refundId, outcome: "SUCCEEDED", comments });

/** A refund of a new entitlement. */
async function aRefund(state: Refund["state"]): Promise<Refund> {
  const entitlementId = await anEntitlement(app);
  const { orderNumber } = await stored(app, entitlementId);
  const attempt = { attempt: 1, answer: null, detail: null, shopReferences: [], nextAttemptAt: null };
  const dates = { createdAt: NOW, modifiedAt: NOW };
  const refund = app.db.manager.create(Refund, {
    id: randomUUID(),
    entitlementId,
    orderNumber: orderNumber!,
    state,
    ...attempt,
    ...dates,
  });
  await put(app, Refund, refund);
  return refund;
}

test("a refund that does not exist cannot be resolved", () =>
  expectRefusal(app, () => resolve(randomUUID()), "REFUND_NOT_FOUND", { field: "refundId" }));

test("a refund that has ended cannot be resolved", async () => {
  const { id } = await aRefund("FAILED");
  await expectRefusal(app, () => resolve(id), "REFUND_NOT_IN_REVIEW", { field: "refundId" });
});

test("a refund that is deleted while its entitlement is locked does not exist any more", async () => {
  const { id, entitlementId } = await aRefund("NEEDS_REVIEW");
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
