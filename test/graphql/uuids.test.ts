import { ask, grace } from "../support/demo-app";
import { historyOf } from "../support/stored";
import { aCourse, anEntitlement, aPolicy, aRun, hopper, shop, useApp } from "../support/world";

const app = useApp();

test("a UUID in capitals and in small letters are one object of a bulk mutation", async () => {
  const id = await anEntitlement(app);
  const { data } = await ask<{ expireEntitlements: { changedCount: number; results: unknown[] } }>(
    app,
    grace,
    `mutation ($input: ExpireEntitlementsInput!) {
      expireEntitlements(input: $input) { changedCount results { id outcome } }
    }`,
    { input: { entitlementIds: [id, id.toUpperCase()], comments: "The course is cancelled." } },
  );
  expect(data!.expireEntitlements).toEqual({
    changedCount: 1,
    results: [
      { id, outcome: "CHANGED" },
      { id, outcome: "UNCHANGED" },
    ],
  });
});

test("a preview of an order in capitals has the warnings that keep a shop from selling a course twice", async () => {
  const courseUuid = aCourse();
  await aRun(app, courseUuid);
  await anEntitlement(app, { courseUuid });
  const { data } = await ask(
    app,
    shop,
    `query ($courses: [ID!]!) { orderPreview(username: "ada", courseUuids: $courses, mode: "verified") { id warnings } }`,
    { courses: [courseUuid.toUpperCase()] },
  );
  expect(data).toEqual({ orderPreview: [{ id: courseUuid, warnings: ["ALREADY_ENTITLED"] }] });
});

test("the policy that an entitlement has, in capitals, changes nothing", async () => {
  const policyId = await aPolicy(app, { mode: "professional" });
  const id = await anEntitlement(app, { policyId, mode: "professional" });
  const input = { entitlementId: id, policyId: policyId.toUpperCase(), comments: "The same." };
  const { data, errors } = await ask(
    app,
    hopper,
    `mutation ($input: AssignPolicyInput!) { assignPolicy(input: $input) { userErrors { code } } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  expect(data).toEqual({ assignPolicy: { userErrors: [] } });
  expect(await historyOf(app, id)).toHaveLength(1);
});
