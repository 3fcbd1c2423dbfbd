import { randomUUID } from "node:crypto";
import type { Actor } from "../../src/auth/actor";
import { checksumOf } from "../support/checksum";
import { serve, type TestServer } from "../support/http";
import { ask } from "../support/demo-app";
import { historyOf, supportDetails } from "../support/stored";
import {
  aCourse,
  ada,
  anEnrollment,
  anEntitlement,
  aPolicy,
  aRun,
  grace,
  hopper,
  removePolicies,
  shop,
  useApp,
} from "../support/world";

const app = useApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterEach(() => removePolicies(app));
afterAll(() => server.stop());

const nameOf = (mutation: string) => `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;

/** The payload of a mutation. */
async function give(actor: Actor, mutation: string, input: object, selection: string): Promise<unknown> {
  const document = `mutation ($input: ${nameOf(mutation)}!) {
    ${mutation}(input: $input) { ${selection} userErrors { code message field blocker } } }`;
  const { data, errors } = await ask(app, actor, document, { input });
  expect(errors).toBeUndefined();
  return data![mutation];
}

const comments = "As agreed\nby telephone";

test("a client reads the result of a command, without an error", async () => {
  const input = { username: "ada", courseUuid: aCourse(), mode: "verified", comments };
  const selection =
    "entitlement { mode isRefundLocked orderNumber supportDetails { edges { node { action } } } }";
  expect(await give(grace, "grantEntitlement", input, selection)).toEqual({
    entitlement: {
      mode: "verified",
      isRefundLocked: true,
      orderNumber: null,
      supportDetails: { edges: [{ node: { action: "CREATE" } }] },
    },
    userErrors: [],
  });
});

test("an agent fulfills an order by hand, refundable or not, and the same order gives no second entitlement", async () => {
  const order = { username: "ada", courseUuid: aCourse(), mode: "verified", orderNumber: "BY-HAND-1" };
  const input = { ...order, comments, refundLocked: false };
  const selection = "entitlement { id orderNumber isRefundLocked }";
  const first = await give(grace, "grantEntitlement", input, selection);
  expect(first).toMatchObject({
    entitlement: { orderNumber: "BY-HAND-1", isRefundLocked: false },
    userErrors: [],
  });
  expect(await give(grace, "grantEntitlement", { ...order, comments }, selection)).toEqual(first);
});

test.each([
  ["fulfillOrder", shop],
  ["grantEntitlement", grace],
] as const)("%s reports the reason when the new entitlement cannot be redeemed", async (mutation, actor) => {
  const order = mutation === "fulfillOrder" ? { orderNumber: randomUUID() } : { comments };
  const given = async (courseUuid: string, username = "ada") => {
    const input = { username, courseUuid, mode: "verified", ...order };
    return give(actor, mutation, input, "entitlement { mode } warnings");
  };
  const told = (...warnings: string[]) => ({ entitlement: { mode: "verified" }, warnings, userErrors: [] });
  const [sold, elsewhere] = [aCourse(), aCourse()];
  await aRun(app, sold);
  await aRun(app, elsewhere, { modes: ["professional"] });
  expect(await given(sold)).toEqual(told());
  expect(await given(aCourse())).toEqual(told("COURSE_UNKNOWN"));
  expect(await given(elsewhere)).toEqual(told("MODE_NOT_OFFERED"));
  await app.db.query("update user_account set is_active = false where username = 'bob'");
  expect(await given(sold, "bob")).toMatchObject(
    mutation === "fulfillOrder"
      ? { warnings: null, userErrors: [{ code: "ORDER_ALREADY_USED" }] }
      : told("LEARNER_INACTIVE"),
  );
  const other = { ...order, ...(mutation === "fulfillOrder" && { orderNumber: randomUUID() }) };
  const input = { username: "bob", courseUuid: aCourse(), mode: "verified", ...other };
  expect(await give(actor, mutation, input, "warnings")).toMatchObject({
    warnings: ["COURSE_UNKNOWN", "LEARNER_INACTIVE"],
  });
  await app.db.query("update user_account set is_active = true where username = 'bob'");
});

test("transferEntitlement reports that the account of the new learner is not active", async () => {
  const courseUuid = aCourse();
  await aRun(app, courseUuid);
  const entitlementId = await anEntitlement(app, { courseUuid });
  await app.db.query("update user_account set is_active = false where username = 'bob'");
  const input = { entitlementId, username: "bob", comments };
  expect(await give(hopper, "transferEntitlement", input, "warnings")).toMatchObject({
    warnings: ["LEARNER_INACTIVE"],
    userErrors: [],
  });
  await app.db.query("update user_account set is_active = true where username = 'bob'");
});

test("the mode of an entitlement is changed by its id, or by its order and course together", async () => {
  const courseUuid = aCourse();
  const entitlementId = await anEntitlement(app, { courseUuid, orderNumber: "MODE-1" });
  const document = `mutation ($input: ChangeEntitlementModeInput!) {
    changeEntitlementMode(input: $input) { entitlement { mode } userErrors { code field } } }`;
  const change = (input: object) =>
    ask(app, hopper, document, { input: { mode: "professional", comments, ...input } });
  for (const named of [{ entitlementId }, { courseUuid, orderNumber: "MODE-1" }])
    expect((await change(named)).data).toEqual({
      changeEntitlementMode: { entitlement: { mode: "professional" }, userErrors: [] },
    });
  const unclear = [{}, { courseUuid }, { orderNumber: "MODE-1" }, { entitlementId, courseUuid }];
  for (const named of unclear)
    expect((await change(named)).errors).toMatchObject([
      { extensions: { code: "BAD_USER_INPUT", argument: "input.entitlementId" } },
    ]);
});

test("a dry run answers with the state and the history that would result, and stores nothing", async () => {
  const courseUuid = aCourse();
  const courseRunKey = await aRun(app, courseUuid);
  const entitlementId = await anEntitlement(app, { courseUuid });
  const before = await checksumOf(app.db);
  const input = { entitlementId, courseRunKey, dryRun: true };
  const selection = `entitlement { state enrollment { courseRun { key } } }
    preview { reason entityId changes { field } state { __typename } previous { id } changedByLabel }`;
  expect(await give(ada, "enrollAndFulfill", input, selection)).toMatchObject({
    entitlement: { state: "FULFILLED_CHANGEABLE", enrollment: { courseRun: { key: courseRunKey } } },
    preview: [
      { reason: "enrollAndFulfill", changedByLabel: "ada", previous: null }, // of the enrollment
      {
        reason: "enrollAndFulfill",
        entityId: entitlementId,
        changedByLabel: "ada",
        previous: { id: expect.anything() },
      },
    ],
    userErrors: [],
  });
  expect(await checksumOf(app.db)).toEqual(before);
  const refused = { ...input, courseRunKey: "course-v1:No+Such+Run" };
  expect(await give(ada, "enrollAndFulfill", refused, "preview { id }")).toMatchObject({
    preview: [],
    userErrors: [{ code: "COURSE_RUN_NOT_AVAILABLE" }],
  });
});

test("a dry run shows the changes of an entitlement to whoever may give the command, by whatever token", async () => {
  const previewTo = async (actor: Actor, mutation: string, input: object) => {
    const selection = "preview { entityType changes { field to } }";
    const { preview } = (await give(actor, mutation, { ...input, dryRun: true }, selection)) as {
      preview: { entityType: string; changes: { field: string; to: unknown }[] }[];
    };
    const { changes } = preview.find(({ entityType }) => entityType === "COURSE_ENTITLEMENT")!;
    return changes.filter(({ field }) => field !== "uuid" && !field.endsWith("At")).map(({ field }) => field);
  };
  const courseUuid = aCourse();
  const order = { username: "ada", courseUuid, mode: "verified", orderNumber: randomUUID() };
  const ordered = await previewTo(shop, "fulfillOrder", order);
  expect(ordered).toEqual(expect.arrayContaining(["user", "courseUuid", "mode", "orderNumber"]));
  expect(await previewTo({ ...shop, userId: null }, "fulfillOrder", order)).toEqual(ordered);
  expect(await previewTo(hopper, "fulfillOrder", order)).toEqual(expect.arrayContaining(ordered));
  const entitlementId = await anEntitlement(app, { courseUuid });
  const redeemed = { entitlementId, courseRunKey: await aRun(app, courseUuid) };
  for (const learner of [ada, { ...ada, userId: null }])
    expect(await previewTo(learner, "enrollAndFulfill", redeemed)).toEqual(["enrollment"]);
});

test("a refusal has a reason and a field, and says that nothing has changed", async () => {
  const input = { username: "nobody", courseUuid: aCourse(), mode: "verified", comments };
  expect(await give(grace, "grantEntitlement", input, "entitlement { id }")).toEqual({
    entitlement: null,
    userErrors: [
      {
        code: "USER_NOT_FOUND",
        message: "There is no learner with this username or LMS user id. Nothing has changed.",
        field: ["input", "username"],
        blocker: null,
      },
    ],
  });
});

test("an agent can give the newest entry of a timeline as seen, even if it is of a support detail", async () => {
  const grant = { username: "ada", courseUuid: aCourse(), mode: "verified", comments };
  const selection = "entitlement { id history(first: 1) { edges { node { id } } } }";
  const { entitlement } = (await give(grace, "grantEntitlement", grant, selection)) as {
    entitlement: { id: string; history: { edges: { node: { id: string } }[] } };
  };
  const seen = entitlement.history.edges[0]!.node.id;
  const input = { entitlementId: entitlement.id, comments, expectedHistoryEntryId: seen };
  expect(await give(grace, "expireEntitlement", input, "entitlement { isExpired }")).toEqual({
    entitlement: { isExpired: true },
    userErrors: [],
  });
  expect(await give(grace, "reissueEntitlement", input, "entitlement { id }")).toMatchObject({
    userErrors: [{ code: "CONFLICT", field: ["input", "expectedHistoryEntryId"] }],
  });
});

test("fulfillOrder returns whether an order is new, and which runs could be upgraded", async () => {
  const courseUuid = aCourse();
  const runs = [await aRun(app, courseUuid), await aRun(app, courseUuid)];
  for (const run of runs) await anEnrollment(app, run);
  const input = { username: "ada", courseUuid, mode: "verified", orderNumber: "ORDER-G" };
  const selection = "isNew upgradeableRuns { key } entitlement { orderNumber isRefundLocked }";
  const entitlement = { orderNumber: "ORDER-G", isRefundLocked: false };
  const upgradeableRuns = expect.arrayContaining(runs.map((key) => ({ key }))) as unknown;
  const first = await give(shop, "fulfillOrder", input, selection);
  expect(first).toEqual({ isNew: true, upgradeableRuns, entitlement, userErrors: [] });
  const second = await give(shop, "fulfillOrder", input, selection);
  expect(second).toEqual({ isNew: false, upgradeableRuns: [], entitlement, userErrors: [] });
});

test("a bulk revocation answers for each id", async () => {
  const [id, missing] = [await anEntitlement(app), randomUUID()];
  const selection = "revocations { id outcome error { code field } entitlement { state } }";
  const input = { entitlementIds: [id, missing], reason: "Chargeback" };
  const error = { code: "ENTITLEMENT_NOT_FOUND", field: ["input", "entitlementIds", "1"] };
  expect(await give(shop, "revokeEntitlements", input, selection)).toEqual({
    revocations: [
      { id, outcome: "REVOKED", error: null, entitlement: { state: "REVOKED" } },
      { id: missing, outcome: "REFUSED", error, entitlement: null },
    ],
    userErrors: [],
  });
  expect(await supportDetails(app, id)).toMatchObject([
    { comments: "Chargeback", supportUserId: shop.userId },
  ]);
  expect((await historyOf(app, id)).at(-1)).toMatchObject({ history_user_label: "shop" });
});

test("staff write policies with ISO 8601 durations, and can read a policy that is not in whole days", async () => {
  const selection = "policy { mode siteDomain expirationPeriod refundPeriod regainPeriod retiredAt }";
  const input = { mode: "professional", expirationPeriod: "P52W", refundPeriod: "PT720H" };
  expect(await give(hopper, "createEntitlementPolicy", input, selection)).toEqual({
    policy: {
      mode: "professional",
      siteDomain: null,
      expirationPeriod: "P364D",
      refundPeriod: "P30D",
      regainPeriod: "P14D",
      retiredAt: null,
    },
    userErrors: [],
  });
  const half = { refundPeriod: "P1DT12H" };
  expect(await give(hopper, "createEntitlementPolicy", half, selection)).toMatchObject({
    policy: null,
    userErrors: [{ code: "POLICY_INVALID", field: ["input", "refundPeriod"] }],
  });
});

test("staff retire and delete policies", async () => {
  const policyId = await aPolicy(app);
  const retired = (await give(
    hopper,
    "updateEntitlementPolicy",
    { policyId, isRetired: true },
    "policy { retiredAt history(first: 2) { edges { node { id } } } }",
  )) as { policy: { history: { edges: { node: { id: string } }[] } } };
  expect(JSON.parse(JSON.stringify(retired))).toMatchObject({
    policy: { retiredAt: "2026-06-15T12:00:00.000Z" },
    userErrors: [],
  });
  const [, before] = retired.policy.history.edges;
  const outdated = { policyId, expectedHistoryEntryId: before!.node.id };
  for (const mutation of ["updateEntitlementPolicy", "deleteEntitlementPolicy"])
    expect(await give(hopper, mutation, outdated, "")).toMatchObject({
      userErrors: [{ code: "CONFLICT", field: ["input", "expectedHistoryEntryId"] }],
    });
  expect(await give(hopper, "deleteEntitlementPolicy", { policyId }, "deletedPolicyId")).toEqual({
    deletedPolicyId: policyId,
    userErrors: [],
  });
});

test("staff change the mode of an order", async () => {
  const courseUuid = aCourse();
  await anEntitlement(app, { courseUuid, orderNumber: "ORDER-M" });
  const input = { courseUuid, orderNumber: "ORDER-M", mode: "professional", comments };
  expect(await give(hopper, "changeEntitlementMode", input, "entitlement { mode }")).toEqual({
    entitlement: { mode: "professional" },
    userErrors: [],
  });
});

const id = "00000000-0000-4000-8000-000000000000";
const grant = { username: "ada", courseUuid: id, mode: "verified", comments };

test.each<[string, string, object, string]>([
  ["comments of blanks", "expireEntitlement", { entitlementId: id, comments: " \n\t" }, "comments"],
  [
    "comments of invisible characters",
    "expireEntitlement",
    { entitlementId: id, comments: "\u200b\u2060\ufeff\u00ad\u3164\u2800\u{e0020}\u0007" },
    "comments",
  ],
  [
    "comments that are too long",
    "expireEntitlement",
    { entitlementId: id, comments: "x".repeat(2_001) },
    "comments",
  ],
  ["comments with a NUL", "expireEntitlement", { entitlementId: id, comments: "a\0b" }, "comments"],
  [
    "comments with half a character",
    "expireEntitlement",
    { entitlementId: id, comments: "a\ud800b" },
    "comments",
  ],
  ["no comments", "expireEntitlement", { entitlementId: id }, "comments"],
  ["a username with a NUL", "grantEntitlement", { ...grant, username: "a\0b" }, "username"],
  ["an order without a number", "grantEntitlement", { ...grant, orderNumber: " " }, "orderNumber"],
  ["a course that is not a UUID", "grantEntitlement", { ...grant, courseUuid: "7" }, "courseUuid"],
  [
    "a history entry that is not a number",
    "setRefundLock",
    { entitlementId: id, isLocked: true, comments, expectedHistoryEntryId: "latest" },
    "expectedHistoryEntryId",
  ],
  [
    "an empty order number",
    "fulfillOrder",
    { username: "ada", courseUuid: id, mode: "verified", orderNumber: "" },
    "orderNumber",
  ],
  ["no ids at all", "revokeEntitlements", { entitlementIds: [], reason: "x" }, "entitlementIds"],
  [
    "1,001 ids",
    "revokeEntitlements",
    { entitlementIds: Array(1_001).fill(id), reason: "x" },
    "entitlementIds",
  ],
  ["an invalid id", "revokeEntitlements", { entitlementIds: [id, "7"], reason: "x" }, "entitlementIds"],
  ["a blank reason", "revokeEntitlement", { entitlementId: id, reason: " " }, "reason"],
  ["a period in months", "createEntitlementPolicy", { regainPeriod: "P2M" }, "regainPeriod"],
  ["a negative period", "createEntitlementPolicy", { regainPeriod: "-P1D" }, "regainPeriod"],
  ["an invalid period", "createEntitlementPolicy", { regainPeriod: "soon" }, "regainPeriod"],
  ["a mode that policies cannot be for", "createEntitlementPolicy", { mode: "audit" }, "mode"],
])("%s: the error names the argument, and nothing has changed", async (_, mutation, input, argument) => {
  const before = await checksumOf(app.db);
  const query = `mutation ($input: ${nameOf(mutation)}!) { ${mutation}(input: $input) { userErrors { code } } }`;
  const { body } = await server.ask({ ...hopper, isService: true }, query, { input });
  expect(body).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  expect(JSON.stringify(body)).toContain(`input.${argument}`);
  expect(await checksumOf(app.db)).toEqual(before);
});

test("the error for a negative period says so, and comments need at least one visible character", async () => {
  const { body } = await server.ask(
    hopper,
    `mutation { createEntitlementPolicy(input: { regainPeriod: "-P1D" }) { userErrors { code } } }`,
  );
  expect(body.errors![0]!.message).toContain("not negative");
  const comments = "\u200d\u{1f600}\u200d";
  const entitlementId = await anEntitlement(app);
  const done = await give(grace, "expireEntitlement", { entitlementId, comments }, "entitlement { id }");
  expect(done).toMatchObject({ userErrors: [] });
});
