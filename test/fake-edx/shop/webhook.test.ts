import { createHmac } from "node:crypto";
import { useFakeEdx } from "../asking";

const asking = useFakeEdx();
const order = { entitlementId: "e1", orderNumber: "EDX-1", username: "ada" };

/** Sends a request that is signed as the Standard Webhooks say. */
async function refund(
  fields: object,
  { key = "k1", ageSeconds = 0, secret = asking.edx.webhookSecret } = {},
) {
  const body = JSON.stringify(fields);
  const timestamp = String(Math.floor(Date.now() / 1_000) - ageSeconds);
  const signature = createHmac("sha256", Buffer.from(secret.replace("whsec_", ""), "base64"))
    .update(`${key}.${timestamp}.${body}`)
    .digest("base64");
  const response = await fetch(asking.edx.webhookUrl, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "idempotency-key": key,
      "webhook-id": key,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
    body,
  });
  return [response.status, await response.json()];
}

test("a signed request is refunded once, and its repeat gets the same reference", async () => {
  expect(await refund(order)).toEqual([201, { state: "refunded", references: ["WH-1"] }]);
  expect(await refund(order)).toEqual([200, { state: "refunded", references: ["WH-1"] }]);
  expect(await refund(order, { key: "k2" })).toEqual([409, { code: "ALREADY_REFUNDED" }]);
  expect(asking.edx.world.refunds).toMatchObject([{ shop: "webhook", key: "k1", entitlementId: "e1" }]);
});

test("a request with a wrong signature, or an old one, is refused", async () => {
  const wrong = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  expect((await refund(order, { secret: wrong }))[0]).toBe(401);
  expect((await refund(order, { ageSeconds: 400 }))[0]).toBe(401);
  expect(asking.edx.world.refunds).toEqual([]);
});

test("some orders are declined, and some are decided later", async () => {
  expect(await refund({ ...order, orderNumber: "EDX-1-DECLINED" })).toEqual([
    422,
    { code: "ORDER_NOT_REFUNDABLE" },
  ]);
  const slow = { ...order, orderNumber: "EDX-2-SLOW" };
  expect(await refund(slow, { key: "k3" })).toEqual([202, { state: "pending" }]);
  expect((await refund(slow, { key: "k3" }))[0]).toBe(201);
});
