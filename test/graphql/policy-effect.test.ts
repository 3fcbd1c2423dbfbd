import { actor, ask, grace, useDemoApp } from "../support/demo-app";

const app = useDemoApp();
const hopper = actor("hopper", { isStaff: true });
const SITE = "b0000000-0000-4000-8000-000000000001";
const UPDATE = `mutation ($input: UpdateEntitlementPolicyInput!) {
  updateEntitlementPolicy(input: $input) {
    effect { before { count usable changeable refundable } after { count usable changeable refundable } }
    userErrors { code }
  }
}`;

interface Answer {
  effect: { before: Reach; after: Reach } | null;
  userErrors: { code: string }[];
}
type Reach = Record<"count" | "usable" | "changeable" | "refundable", number>;

async function update(input: object): Promise<Answer> {
  const { data, errors } = await ask<{ updateEntitlementPolicy: Answer }>(app, hopper, UPDATE, {
    input: { policyId: SITE, ...input },
  });
  expect(errors).toBeUndefined();
  return data!.updateEntitlementPolicy;
}

test("a dry run of a change of a policy tells what becomes of the entitlements that have it, and changes nothing", async () => {
  const { effect } = await update({ refundPeriod: "P0D", dryRun: true });
  expect(effect!.after).toEqual({ ...effect!.before, refundable: 0 });
  expect(effect!.before.refundable).toBeGreaterThan(0);
  const shorter = (await update({ expirationPeriod: "P0D", dryRun: true })).effect!;
  expect(shorter.before).toEqual(effect!.before);
  expect(shorter.after).toMatchObject({ count: effect!.before.count, usable: 0, changeable: 0 });
});

test("a change that is made or refused tells no effect", async () => {
  expect(await update({ regainPeriod: "P15D" })).toEqual({ effect: null, userErrors: [] });
  expect(await update({ regainPeriod: "PT1H", dryRun: true })).toEqual({
    effect: null,
    userErrors: [{ code: "POLICY_INVALID" }],
  });
});

test("the policies tell how many entitlements have each; the default policy does not", async () => {
  const { data } = await ask<{
    entitlementPolicies: { id: string; entitlementCount: number }[];
    node: { entitlementCount: number | null };
  }>(
    app,
    grace,
    `{ entitlementPolicies { id entitlementCount }
       node(id: "default") { ... on CourseEntitlementPolicy { entitlementCount } } }`,
  );
  for (const { id, entitlementCount } of data!.entitlementPolicies) {
    const [row] = await app.db.query<{ count: string }[]>(
      "select count(*) from course_entitlement where policy_id = $1",
      [id],
    );
    expect([id, entitlementCount]).toEqual([id, Number(row!.count)]);
  }
  expect(data!.entitlementPolicies.some(({ entitlementCount }) => entitlementCount > 0)).toBe(true);
  expect(data!.node.entitlementCount).toBeNull();
});
