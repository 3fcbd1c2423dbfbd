import { DAY_MS } from "../../../src/rules/entitlement-rules";
import { createEntitlementPolicy } from "../../../src/use-cases/policies/create-entitlement-policy";
import { deleteEntitlementPolicy } from "../../../src/use-cases/policies/delete-entitlement-policy";
import { updateEntitlementPolicy } from "../../../src/use-cases/policies/update-entitlement-policy";
import { expectRefusal } from "../../support/stored";
import { anEntitlement, aPolicy, by, hopper, NOW, removePolicies, useApp } from "../../support/world";

const MISSING = "00000000-0000-4000-8000-000000000000";

const app = useApp();
afterEach(() => removePolicies(app));

const create = (given: Partial<Parameters<typeof createEntitlementPolicy>[1]> = {}) =>
  createEntitlementPolicy(by(hopper, app), { mode: null, siteDomain: null, periods: {}, ...given });
const update = (policyId: string, given: Partial<Parameters<typeof updateEntitlementPolicy>[1]> = {}) =>
  updateEntitlementPolicy(by(hopper, app), { policyId, periods: {}, isRetired: null, ...given });
const remove = (policyId: string, given: Partial<Parameters<typeof deleteEntitlementPolicy>[1]> = {}) =>
  deleteEntitlementPolicy(by(hopper, app), { policyId, ...given });

const historyOf = (id: string): Promise<{ history_id: string }[]> =>
  app.db.query("select * from historical_course_entitlement_policy where id = $1 order by history_id", [id]);

test("a policy is created for a site and a mode, and periods that are not given are the default periods", async () => {
  const periods = { refundMs: 30 * DAY_MS };
  const policy = await create({ mode: "verified", siteDomain: "demo.example", periods });
  const { expirationMs, regainMs } = app.config.defaultPeriods;
  expect(policy).toMatchObject({ mode: "verified", siteDomain: "demo.example", retiredAt: null });
  expect(policy).toMatchObject({ expirationMs, refundMs: 30 * DAY_MS, regainMs });
  expect(await historyOf(policy.id)).toMatchObject([
    { history_type: "+", history_change_reason: "createEntitlementPolicy", history_user_label: "hopper" },
  ]);
});

test("8.7.2: there is at most one policy for each site and mode, where any site and any mode count as values", async () => {
  await create();
  await expectRefusal(app, () => create(), "POLICY_CONFLICT");
  await create({ mode: "verified" });
  await expectRefusal(app, () => create({ mode: "verified" }), "POLICY_CONFLICT");
});

test("of several simultaneous requests for the same policy, one creates it and the others are refused", async () => {
  const answers = await Promise.allSettled([create(), create(), create(), create()]);
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const refused = answers.filter((answer) => answer.status === "rejected");
  expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(
    Array(3).fill("POLICY_CONFLICT"),
  );
});

test.each([
  ["parts of a day", 1.5 * DAY_MS],
  ["a negative number of days", -DAY_MS],
  ["more than a hundred years", 36_501 * DAY_MS],
])("a period of %s is refused", async (_, regainMs) => {
  await expectRefusal(app, () => create({ periods: { regainMs } }), "POLICY_INVALID", {
    field: "regainPeriod",
  });
  const policy = await aPolicy(app);
  await expectRefusal(app, () => update(policy, { periods: { regainMs } }), "POLICY_INVALID", {
    field: "regainPeriod",
  });
});

test("a period may be 0 days or a hundred years", async () => {
  const periods = { expirationMs: 36_500 * DAY_MS, refundMs: 36_500 * DAY_MS, regainMs: 0 };
  const { id } = await create({ periods });
  expect(await update(id, { periods: { regainMs: 36_500 * DAY_MS } })).toMatchObject({
    ...periods,
    regainMs: 36_500 * DAY_MS,
  });
});

test("a site that does not exist is refused", () =>
  expectRefusal(app, () => create({ siteDomain: "nowhere.example" }), "SITE_NOT_FOUND", {
    field: "siteDomain",
  }));

test("fields of a policy that are not given stay unchanged", async () => {
  const id = await aPolicy(app);
  expect(await update(id, { periods: { expirationMs: 90 * DAY_MS } })).toMatchObject({
    expirationMs: 90 * DAY_MS,
    refundMs: 60 * DAY_MS,
    regainMs: 14 * DAY_MS,
    retiredAt: null,
  });
  const [row] = await app.db.query<{ period: string }[]>(
    "select expiration_period::text as period from course_entitlement_policy where id = $1",
    [id],
  );
  expect(row).toEqual({ period: "90 days" });
  expect(await historyOf(id)).toMatchObject([
    { history_type: "+" },
    { history_type: "~", history_change_reason: "updateEntitlementPolicy", history_user_label: "hopper" },
  ]);
});

test("a policy in use cannot be deleted, but can be retired, and then another policy can be created", async () => {
  const id = await aPolicy(app);
  await anEntitlement(app, { policyId: id });
  await expectRefusal(app, () => remove(id), "POLICY_IN_USE", { field: "policyId" });
  expect(await update(id, { isRetired: true })).toMatchObject({ retiredAt: NOW });
  await create();
  await expectRefusal(app, () => update(id, { isRetired: false }), "POLICY_CONFLICT");
});

test("a retired policy keeps the instant of its retirement until it is used again", async () => {
  const since = new Date(NOW.getTime() - DAY_MS);
  const id = await aPolicy(app, { retiredAt: since });
  expect(await update(id, { isRetired: true })).toMatchObject({ retiredAt: since });
  expect(await update(id)).toMatchObject({ retiredAt: since });
  expect(await update(id, { isRetired: false })).toMatchObject({ retiredAt: null });
});

test("a policy that no entitlement has is deleted, and its history stays", async () => {
  const id = await aPolicy(app);
  expect(await remove(id)).toBe(id);
  expect(await historyOf(id)).toMatchObject([
    { history_type: "+" },
    { history_type: "-", history_change_reason: "deleteEntitlementPolicy", history_user_label: "hopper" },
  ]);
});

test("a policy that was changed after the caller read it is neither changed nor deleted", async () => {
  const id = await aPolicy(app);
  const [seen] = await historyOf(id);
  const expected = { expectedHistoryEntryId: seen!.history_id };
  expect(await update(id, { isRetired: true, ...expected })).toMatchObject({ retiredAt: NOW });
  const details = { field: "expectedHistoryEntryId" };
  await expectRefusal(app, () => update(id, { isRetired: false, ...expected }), "CONFLICT", details);
  await expectRefusal(app, () => remove(id, expected), "CONFLICT", details);
  const [, newest] = await historyOf(id);
  expect(await remove(id, { expectedHistoryEntryId: newest!.history_id })).toBe(id);
});

test("a policy that does not exist is refused", async () => {
  await expectRefusal(app, () => update(MISSING), "POLICY_NOT_FOUND", { field: "policyId" });
  await expectRefusal(app, () => remove(MISSING), "POLICY_NOT_FOUND", { field: "policyId" });
});
