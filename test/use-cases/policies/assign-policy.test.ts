import { DAY_MS } from "../../../src/rules/entitlement-rules";
import { assignPolicy } from "../../../src/use-cases/policies/assign-policy";
import { expectRefusal, historyOf, stored, supportDetails } from "../../support/stored";
import { ago, anEntitlement, aPolicy, by, hopper, removePolicies, useApp } from "../../support/world";

const app = useApp();
afterEach(() => removePolicies(app));

const assign = (entitlementId: string, policyId: string | null) =>
  assignPolicy(by(hopper, app), { entitlementId, policyId, comments: "A special case" });

test("the periods of the new policy apply, and a support detail gives the reason", async () => {
  const policyId = await aPolicy(app, { regainMs: 30 * DAY_MS });
  const id = await anEntitlement(app);
  expect(await assign(id, policyId)).toMatchObject({ id, policy: { id: policyId } });
  expect(await supportDetails(app, id)).toMatchObject([{ action: "ASSIGN_POLICY" }]);
  expect(await assign(id, null)).toMatchObject({ policy: null });
  expect(await stored(app, id)).toMatchObject({ policyId: null });
});

test("the same policy again changes nothing and adds no history entry", async () => {
  const id = await anEntitlement(app);
  await assign(id, null);
  expect(await historyOf(app, id)).toHaveLength(1);
});

test("a policy by which the entitlement would expire at once is refused", async () => {
  const policyId = await aPolicy(app, { expirationMs: 10 * DAY_MS });
  const id = await anEntitlement(app, { createdAt: ago(20) });
  await expectRefusal(app, () => assign(id, policyId), "POLICY_INVALID", { field: "policyId" });
});

test("a policy by which the entitlement could not be redeemed any more is refused, also before its expiry is due", async () => {
  const policyId = await aPolicy(app, { expirationMs: 20 * DAY_MS });
  const id = await anEntitlement(app, { createdAt: ago(20) });
  await expectRefusal(app, () => assign(id, policyId), "POLICY_INVALID", { field: "policyId" });
  const younger = await anEntitlement(app, { createdAt: new Date(ago(20).getTime() + 1) });
  expect(await assign(younger, policyId)).toMatchObject({ policy: { id: policyId } });
});

test("what has expired already can get any policy", async () => {
  const policyId = await aPolicy(app, { expirationMs: 10 * DAY_MS });
  for (const given of [{ createdAt: ago(730) }, { createdAt: ago(20), expiredAt: ago(1) }]) {
    const id = await anEntitlement(app, given);
    expect(await assign(id, policyId)).toMatchObject({ policy: { id: policyId } });
  }
});

test("an unknown policy is refused", async () => {
  const id = await anEntitlement(app);
  const unknown = "b0000000-0000-4000-8000-00000000ffff";
  await expectRefusal(app, () => assign(id, unknown), "POLICY_NOT_FOUND");
});
