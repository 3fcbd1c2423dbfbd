import { useFakeEdx } from "../asking";

let now = new Date();
const asking = useFakeEdx({ clock: () => now, coordinatorLearnsAfterMs: 60_000 });
const refund = async (fields: object, username = "course_entitlements_worker") => {
  const response = await fetch(`${asking.edx.coordinatorUrl}/lms/refund/`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `JWT ${await asking.edx.tokenOf(username)}`,
    },
    body: JSON.stringify(fields),
  });
  return [response.status, await response.text()];
};
const order = { username: "ada", order_number: "EDX-1", entitlement_uuid: "e1" };

test("an order is refunded once the coordinator knows its entitlement, and a repeat says so", async () => {
  expect(await refund(order)).toEqual([400, '"Line item does not exist."']);
  expect(asking.edx.world.refunds).toEqual([]);
  now = new Date(now.getTime() + 60_000);
  expect(await refund(order)).toEqual([200, ""]);
  expect(await refund(order)).toEqual([200, '"Refund already created for order EDX-1"']);
  expect(asking.edx.world.refunds).toMatchObject([{ shop: "coordinator", entitlementId: "e1" }]);
  expect(asking.edx.requests.map(({ effect }) => effect.length)).toEqual([0, 1, 0]);
});

test("all fields are required, and only staff may ask", async () => {
  const [status, text] = await refund({ username: "ada", order_number: "" });
  expect([status, JSON.parse(String(text))]).toEqual([
    400,
    { order_number: ["This field is required."], entitlement_uuid: ["This field is required."] },
  ]);
  expect((await refund(order, "bob"))[0]).toBe(403);
});

test("an order that the shop declines is never refunded", async () => {
  const declined = { ...order, order_number: "EDX-30-DECLINED" };
  await refund(declined);
  now = new Date(now.getTime() + 60_000);
  expect((await refund(declined))[0]).toBe(400);
  expect(asking.edx.world.refunds).toEqual([]);
});
