import { DataSource, type DataSourceOptions } from "typeorm";
import type { App } from "../../src/app";
import { UserAccount } from "../../src/entities/accounts/user-account";
import { transact } from "../../src/store/transact";
import "../../src/moving/follow/follow"; // commands that only the command line gives
import "../../src/moving/import/import-from-open-edx";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { rolesOf, type Actor } from "../../src/auth/actor";
import { Denied } from "../../src/auth/denial";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { EnrollmentCall } from "../../src/entities/enrollment-call";
import { Refund } from "../../src/entities/refund";
import { permissionsOf } from "../../src/graphql/permissions";
import { newestEntryId, type Entry } from "../../src/reads/finding/entry-rows";
import { findEntries } from "../../src/reads/history-entries";
import { Refusal } from "../../src/refusal";
import { type Call } from "../../src/use-cases/command";
import { learner } from "../../src/auth/who";
import { COMMANDS, register } from "../../src/use-cases/system-command";
import { grantSupport } from "../../src/use-cases/agents/grant-support";
import { replaceUsernames } from "../../src/use-cases/accounts/replace-usernames";
import { retireUser } from "../../src/use-cases/accounts/retire-user";
import { withdrawSupport } from "../../src/use-cases/agents/withdraw-support";
import { retryEnrollmentCall } from "../../src/use-cases/enrollment-calls/retry-enrollment-call";
import { changeEntitlementMode } from "../../src/use-cases/entitlements/change-entitlement-mode";
import { expireEntitlement } from "../../src/use-cases/entitlements/expire-entitlement";
import { fulfillOrder } from "../../src/use-cases/entitlements/fulfill-order";
import { grantEntitlement } from "../../src/use-cases/entitlements/grant-entitlement";
import { reissueEntitlement } from "../../src/use-cases/entitlements/reissue-entitlement";
import { renewEntitlement } from "../../src/use-cases/entitlements/renew-entitlement";
import { transferEntitlement } from "../../src/use-cases/entitlements/transfer-entitlement";
import { revertEntitlement } from "../../src/use-cases/entitlements/revert-entitlement";
import { revokeEntitlement } from "../../src/use-cases/entitlements/revoke-entitlement";
import { changeEntitlementModes } from "../../src/use-cases/bulk/change-entitlement-modes";
import { expireEntitlements } from "../../src/use-cases/bulk/expire-entitlements";
import { fulfillOrders } from "../../src/use-cases/bulk/fulfill-orders";
import { refundEntitlements } from "../../src/use-cases/bulk/refund-entitlements";
import { renewEntitlements } from "../../src/use-cases/bulk/renew-entitlements";
import { revokeEntitlements } from "../../src/use-cases/bulk/revoke-entitlements";
import { setRefundLock } from "../../src/use-cases/entitlements/set-refund-lock";
import { assignPolicy } from "../../src/use-cases/policies/assign-policy";
import { createEntitlementPolicy } from "../../src/use-cases/policies/create-entitlement-policy";
import { deleteEntitlementPolicy } from "../../src/use-cases/policies/delete-entitlement-policy";
import { updateEntitlementPolicy } from "../../src/use-cases/policies/update-entitlement-policy";
import { resolveRefund } from "../../src/use-cases/refunds/resolve-refund";
import { unenrollAndRefund } from "../../src/use-cases/refunds/unenroll-and-refund";
import { enrollAndFulfill } from "../../src/use-cases/sessions/enroll-and-fulfill";
import { enrollIfEntitled } from "../../src/use-cases/sessions/enroll-if-entitled";
import { moveSession } from "../../src/use-cases/sessions/move-session";
import { leaveSession } from "../../src/use-cases/sessions/leave-session";
import { recordUnenrollment } from "../../src/use-cases/sessions/record-unenrollment";
import { switchSession } from "../../src/use-cases/sessions/switch-session";
import { createWebhook } from "../../src/use-cases/webhooks/create-webhook";
import { updateWebhook } from "../../src/use-cases/webhooks/update-webhook";
import { deleteWebhook } from "../../src/use-cases/webhooks/delete-webhook";
import { testWebhook } from "../../src/use-cases/webhooks/test-webhook";
import { replayWebhook } from "../../src/use-cases/webhooks/replay-webhook";
import type { Rehearsal } from "../../src/use-cases/rehearsal";
import { firstRows } from "../../src/store/rows/page";
import { appOn } from "../support/app";
import { checksumOf } from "../support/checksum";
import { schema } from "../support/demo-app";
import { openFakeEdx, type FakeEdx } from "../fake-edx/fake-edx";
import { serve } from "../support/http";
import { settingsFor } from "../support/lms";
import { withShop } from "../support/refunds";
import {
  aCall,
  aCourse,
  ada,
  ago,
  anEntitlement,
  auditor,
  aPolicy,
  aRun,
  bob,
  by,
  grace,
  hopper,
  NOW,
  put,
  removePolicies,
  shop,
  useApp,
} from "../support/world";

/** The result of a command: it is done, there is nothing to do, or the code that it rejects with. */
type Outcome = "done" | "nothing" | "UNAUTHENTICATED" | "FORBIDDEN" | "ENTITLEMENT_NOT_FOUND";

const ACTORS = { anonymous: null, learner: ada, support: grace, staff: hopper, service: shop, auditor };
/** For each actor: the results of the command on the actor's own entitlement, and on that of another learner. */
type Expected = Record<keyof typeof ACTORS, readonly [own: Outcome, other: Outcome]>;

const DONE = ["done", "done"] as const;
const FORBIDDEN = ["FORBIDDEN", "FORBIDDEN"] as const;
const UNAUTHENTICATED = ["UNAUTHENTICATED", "UNAUTHENTICATED"] as const;
const OWN_ONLY = ["done", "ENTITLEMENT_NOT_FOUND"] as const;

const byLearners: Expected = {
  anonymous: UNAUTHENTICATED,
  learner: OWN_ONLY,
  support: DONE,
  staff: DONE,
  service: DONE,
  auditor: FORBIDDEN,
};
const bySupport: Expected = {
  anonymous: UNAUTHENTICATED,
  learner: FORBIDDEN,
  support: DONE,
  staff: DONE,
  service: FORBIDDEN,
  auditor: FORBIDDEN,
};
const bySupportOrServices: Expected = { ...bySupport, service: DONE };
const byStaff: Expected = { ...bySupport, support: FORBIDDEN };
const byStaffOrServices: Expected = { ...byStaff, service: DONE };
/** It uses a fitting entitlement of the caller, so that it never finds that of another learner. */
const forOneself: Expected = {
  anonymous: UNAUTHENTICATED,
  learner: ["done", "nothing"],
  support: ["done", "nothing"],
  staff: ["done", "nothing"],
  service: ["done", "nothing"],
  auditor: FORBIDDEN,
};

/** An entitlement, redeemed or not, with the other rows that the commands need. */
interface Scene {
  owner: Actor;
  courseUuid: string;
  entitlementId: string;
  /** A run of the course for which the entitlement is not redeemed. */
  courseRunKey: string;
  /** The run for which it is redeemed; empty while it is not. */
  redeemedRunKey: string;
  orderNumber: string;
  policyId: string;
  refundId: string;
  /** An enrollment that the LMS was asked to end. */
  enrollmentId: string;
  webhookId: string;
  historyEntryId: string;
}
const comments = "A comment";

/** Every command that actors may give: who may give it, and a call of it that no other rule refuses. */
const TABLE: Record<string, [Expected, (call: Call, scene: Scene) => Promise<unknown>]> = {
  enrollAndFulfill: [byLearners, (call, scene) => enrollAndFulfill(call, scene)],
  enrollIfEntitled: [forOneself, (call, scene) => enrollIfEntitled(call, scene)],
  switchSession: [byLearners, (call, scene) => switchSession(call, scene)],
  transferEntitlement: [
    byStaff,
    (call, { entitlementId }) =>
      transferEntitlement(call, { entitlementId, username: "empty_handed", comments }),
  ],
  moveSession: [bySupport, (call, scene) => moveSession(call, { ...scene, override: [], comments })],
  recordUnenrollment: [
    byStaffOrServices,
    (call, { owner: { username }, redeemedRunKey }) =>
      recordUnenrollment(call, { username, courseRunKey: redeemedRunKey, refund: "KEEP" }),
  ],
  leaveSession: [byLearners, (call, scene) => leaveSession(call, scene)],
  unenrollAndRefund: [
    byLearners,
    (call, { entitlementId }) => unenrollAndRefund(call, { entitlementId, refund: "REQUEST" }),
  ],
  resolveRefund: [
    bySupport,
    (call, { refundId }) => resolveRefund(call, { refundId, outcome: "SUCCEEDED", comments }),
  ],
  retryEnrollmentCall: [
    bySupport,
    (call, { enrollmentId }) => retryEnrollmentCall(call, { enrollmentId, acceptEnrolled: false, comments }),
  ],
  grantEntitlement: [
    bySupport,
    (call, { owner: { username }, courseUuid }) =>
      grantEntitlement(call, { username, courseUuid, mode: "verified", comments }),
  ],
  reissueEntitlement: [
    bySupport,
    (call, { entitlementId }) => reissueEntitlement(call, { entitlementId, comments }),
  ],
  renewEntitlement: [
    bySupport,
    (call, { entitlementId }) => renewEntitlement(call, { entitlementId, comments }),
  ],
  expireEntitlement: [
    bySupport,
    (call, { entitlementId }) => expireEntitlement(call, { entitlementId, comments }),
  ],
  setRefundLock: [
    bySupport,
    (call, { entitlementId }) => setRefundLock(call, { entitlementId, isLocked: true, comments }),
  ],
  revertEntitlement: [
    bySupport,
    (call, { entitlementId, historyEntryId }) =>
      revertEntitlement(call, { entitlementId, historyEntryId, comments }),
  ],
  changeEntitlementMode: [
    byStaff,
    (call, { orderNumber, courseUuid }) =>
      changeEntitlementMode(call, {
        orderNumber,
        courseUuid,
        mode: "honor",
        acceptAnyMode: true,
        comments,
      }),
  ],
  grantSupport: [byStaff, (call, { owner: { username } }) => grantSupport(call, { username, comments })],
  retireUser: [
    byStaffOrServices,
    (call) => retireUser(call, { userId: LEAVER.userId, retiredUsername: "retired__user_902" }),
  ],
  replaceUsernames: [
    byStaffOrServices,
    (call) => replaceUsernames(call, { replacements: [{ from: "leaver", to: "arriver" }] }),
  ],
  withdrawSupport: [
    byStaff,
    (call, { owner: { username } }) => withdrawSupport(call, { username, comments }),
  ],
  createWebhook: [
    byStaff,
    (call) => createWebhook(call, { url: "https://shop.invalid", entityTypes: ["REFUND"], comments }),
  ],
  updateWebhook: [
    byStaff,
    (call, { webhookId }) => updateWebhook(call, { webhookId, isActive: false, makeSecret: true, comments }),
  ],
  deleteWebhook: [byStaff, (call, { webhookId }) => deleteWebhook(call, { webhookId })],
  testWebhook: [byStaff, (call, { webhookId }) => testWebhook(call, { webhookId })],
  replayWebhook: [
    byStaff,
    (call, { webhookId }) => replayWebhook(call, { webhookId, fromHistoryEntryId: "1", comments }),
  ],
  fulfillOrder: [
    byStaffOrServices,
    (call, { owner: { username }, courseUuid }) =>
      fulfillOrder(call, {
        username,
        courseUuid,
        mode: "verified",
        orderNumber: "EDX-NEW",
        refundLocked: false,
      }),
  ],
  revokeEntitlement: [
    bySupportOrServices,
    (call, { entitlementId }) => revokeEntitlement(call, { entitlementId, reason: comments }),
  ],
  revokeEntitlements: [
    bySupportOrServices,
    (call, { entitlementId }) =>
      revokeEntitlements(call, { entitlementIds: [entitlementId], reason: comments }),
  ],
  assignPolicy: [byStaff, (call, scene) => assignPolicy(call, { ...scene, comments })],
  expireEntitlements: [
    bySupport,
    (call, { entitlementId }) => expireEntitlements(call, { entitlementIds: [entitlementId], comments }),
  ],
  renewEntitlements: [
    bySupport,
    (call, { entitlementId }) => renewEntitlements(call, { entitlementIds: [entitlementId], comments }),
  ],
  changeEntitlementModes: [
    byStaff,
    (call, { entitlementId }) =>
      changeEntitlementModes(call, {
        entitlementIds: [entitlementId],
        mode: "honor",
        acceptAnyMode: true,
        comments,
      }),
  ],
  refundEntitlements: [
    byStaff,
    (call, { entitlementId }) => refundEntitlements(call, { entitlementIds: [entitlementId] }),
  ],
  fulfillOrders: [
    byStaffOrServices,
    (call, { owner: { username }, courseUuid }) => {
      const order = { username, courseUuid, mode: "verified", orderNumber: "EDX-NEW", refundLocked: false };
      return fulfillOrders(call, { orders: [order] });
    },
  ],
  createEntitlementPolicy: [
    byStaff,
    (call) => createEntitlementPolicy(call, { mode: "verified", siteDomain: null, periods: {} }),
  ],
  updateEntitlementPolicy: [
    byStaff,
    (call, { policyId }) => updateEntitlementPolicy(call, { policyId, periods: {}, isRetired: true }),
  ],
  deleteEntitlementPolicy: [byStaff, (call, { policyId }) => deleteEntitlementPolicy(call, { policyId })],
};
/** The commands that need an entitlement which is not redeemed, or about to expire, or whose refund needs a review. */
const UNREDEEMED = new Set(["enrollAndFulfill", "enrollIfEntitled"]);
const ABOUT_TO_EXPIRE = new Set(["renewEntitlement", "renewEntitlements"]);
const CHANGED_SINCE = new Set(["revertEntitlement"]);
const IN_REVIEW = new Set(["resolveRefund"]);
/** The commands that need a call that the LMS has not answered. */
const UNANSWERED = new Set(["retryEnrollmentCall"]);
/** The commands that need an agent named by staff. */
const OF_AGENTS = new Set(["withdrawSupport"]);
/** The commands that change accounts alone, which have no history: what names a learner must be erasable. */
const WITHOUT_HISTORY = new Set(["replaceUsernames"]);
/** Who leaves, for the command that forgets a user. */
const LEAVER = {
  userId: "902",
  userLabel: "leaver",
  reason: "test",
  source: "API",
  requestId: null,
} as const;
/** The commands that only the system gives. */
const BY_SYSTEM = [
  "claimLooks",
  "endLook",
  "eraseUser",
  "expireDueEntitlements",
  "followLms",
  "followOpenEdx",
  "forgetEvents",
  "forgetSomeEvents",
  "importFromOpenEdx",
  "lookAgain",
  "noteEvents",
  "postponeLook",
  "reconcileEnrollment",
  "recordAccounts",
  "recordCertificate",
  "recordEnrollments",
  "recordLiveRun",
  "recordRuns",
  "refreshAccounts",
  "refreshPage",
  "refreshRuns",
  "retainHistory",
  "sweepEnrollmentCalls",
  "sweepRefunds",
  "sweepWebhooks",
  "syncLearner",
];

const app = useApp();
/** The same with one connection: a command that waited for a second one within its transaction would wait for ever. */
let narrow: App;
beforeAll(async () => {
  const db = await new DataSource({ ...app.db.options, poolSize: 1 } as DataSourceOptions).initialize();
  const small = appOn(db, { SITE_DOMAIN: "demo.example" }, app.clock);
  ({ app: narrow } = withShop(small, () => ({ kind: "accepted", refs: [] })));
});
afterAll(() => narrow.db.destroy());
beforeAll(() => {
  const folder = join(__dirname, "../../src/use-cases");
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    if (file.endsWith(".js")) require(join(folder, file));
});
beforeEach(() => removePolicies(app));
beforeEach(async () => {
  await app.db.query("delete from support_agent");
  await app.db.query("delete from webhook");
  await narrow.supportAgents.start();
  narrow.supportAgents.stop();
});

async function setScene(name: string, owner: Actor): Promise<Scene> {
  const courseUuid = aCourse();
  const orderNumber = "EDX-OLD";
  const run = UNREDEEMED.has(name) ? undefined : await aRun(app, courseUuid);
  const entitlementId = await anEntitlement(app, {
    userId: owner.userId!,
    courseUuid,
    orderNumber,
    ...(run && { run }),
    ...(ABOUT_TO_EXPIRE.has(name) && { createdAt: ago(700), redeemedAt: NOW }),
  });
  if (name === "retireUser") {
    await put(app, UserAccount, { id: LEAVER.userId, username: "leaver" });
    await transact(app.db, LEAVER, (tx) =>
      tx.save(CourseEntitlement, { id: entitlementId, refundLocked: true }),
    );
  }
  if (name === "replaceUsernames") await put(app, UserAccount, { id: LEAVER.userId, username: "leaver" });
  if (OF_AGENTS.has(name)) await grantSupport(by(hopper, app), { username: owner.username, comments });
  const [entry] = await app.db.query<[{ id: string }]>(
    "select max(history_id)::text as id from historical_course_entitlement where id = $1",
    [entitlementId],
  );
  if (CHANGED_SINCE.has(name)) await put(app, CourseEntitlement, { id: entitlementId, refundLocked: true });
  return {
    owner,
    courseUuid,
    entitlementId,
    orderNumber,
    courseRunKey: await aRun(app, courseUuid),
    redeemedRunKey: run ?? "",
    policyId: await aPolicy(app),
    refundId: IN_REVIEW.has(name) ? await aRefundInReview(entitlementId, orderNumber) : "",
    enrollmentId: UNANSWERED.has(name) ? await aCallInReview(entitlementId) : "",
    webhookId: await aWebhook(),
    historyEntryId: entry.id,
  };
}

async function aWebhook(): Promise<string> {
  const settings = { url: "https://shop.invalid", entityTypes: ["REFUND"] as const, comments };
  return (await createWebhook(by(hopper, app), settings)).webhook.id;
}

async function aRefundInReview(entitlementId: string, orderNumber: string): Promise<string> {
  const [refund] = await put(app, Refund, {
    entitlementId,
    orderNumber,
    state: "NEEDS_REVIEW",
    attempt: 1,
    nextAttemptAt: null,
    answer: "UNKNOWN",
    detail: null,
    shopReferences: [],
    createdAt: NOW,
    modifiedAt: NOW,
  } as unknown as Refund);
  return refund!.id;
}

async function aCallInReview(entitlementId: string): Promise<string> {
  const { enrollmentId } = await app.db.manager.findOneByOrFail(CourseEntitlement, { id: entitlementId });
  await put(app, EnrollmentCall, aCall({ id: enrollmentId!, entitlementId }));
  return enrollmentId!;
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    return (await work) === null ? "nothing" : "done";
  } catch (error) {
    if (error instanceof Denied) return error.denial.code;
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** The content of entries, except instants and the ids of the rows that the command has created. */
function told(entries: readonly Entry[]): string[] {
  const created = new Set(entries.filter(({ type }) => type === "+").map(({ entityId }) => entityId));
  return entries
    .map(({ entityType, type, reason, userLabel, image }) => {
      const values = Object.entries(image).map(([name, value]) => {
        const isNew = created.has(String(value)) || /At$|^enrollmentId$/.test(name);
        return [name, isNew ? value !== null : value];
      });
      return JSON.stringify([entityType, type, reason, userLabel, values]);
    })
    .toSorted();
}

async function entriesSince(newest: string | null): Promise<Entry[]> {
  const { rows } = await findEntries(app.db, {}, firstRows(20));
  return rows.filter(({ id }) => newest === null || BigInt(id) > BigInt(newest));
}

test("two commands cannot have one name", () =>
  expect(() => register("leaveSession", learner)).toThrow("There are two commands named leaveSession"));

test("the table contains every command", () => {
  expect([...COMMANDS.keys()].toSorted()).toEqual([...Object.keys(TABLE), ...BY_SYSTEM].toSorted());
});

const roles = Object.keys(ACTORS) as (keyof typeof ACTORS)[];
const cases = Object.keys(TABLE).flatMap((name) => roles.map((role) => [name, role] as const));

test.each(cases)(
  "%s, given by %s, changes only the entitlements that this actor may change, and needs one connection",
  async (name, role) => {
    const [expected, give] = TABLE[name]!;
    const actor = ACTORS[role];
    const outcomes: string[] = [];
    for (const [index, owner] of [actor ?? ada, bob].entries()) {
      await removePolicies(app);
      const scene = await setScene(name, owner);
      const before = expected[role][index] === "done" ? null : await checksumOf(app.db);
      const outcome = await outcomeOf(give({ ...by(ada, narrow), actor }, scene));
      if (before) expect(await checksumOf(app.db)).toEqual(before);
      outcomes.push(outcome);
    }
    expect(outcomes).toEqual(expected[role]);
  },
);

test.each(Object.keys(TABLE))(
  "a dry run of %s returns the history that the command then records, and stores nothing",
  async (name) => {
    const [expected, give] = TABLE[name]!;
    const actor = ACTORS[roles.find((role) => expected[role][0] === "done")!]!;
    const scene = await setScene(name, actor);
    const before = await checksumOf(app.db);
    const newest = await newestEntryId(app.db);
    const rehearsal: Rehearsal = { entries: [] };
    expect(await outcomeOf(give({ ...by(actor, narrow), rehearsal }, scene))).toBe("done");
    expect(await checksumOf(app.db)).toEqual(before);
    expect(await outcomeOf(give(by(actor, narrow), scene))).toBe("done");
    // What follows from the answer of the LMS is recorded by the system.
    const recorded = (await entriesSince(newest)).filter(({ userLabel }) => userLabel !== "system");
    const roleOf = WITHOUT_HISTORY.has(name) ? [] : [rolesOf(actor)[0]];
    expect(new Set(recorded.map(({ userRole }) => userRole))).toEqual(new Set(roleOf));
    expect(told(rehearsal.entries)).toEqual(told(recorded));
  },
);

describe("beside an LMS", () => {
  let edx: FakeEdx;
  let beside: App;
  beforeAll(async () => {
    edx = await openFakeEdx({ clock: app.clock });
    const composed = appOn(app.db, { ...settingsFor(edx), SITE_DOMAIN: "demo.example" }, app.clock);
    ({ app: beside } = withShop(composed, () => ({ kind: "accepted", refs: [] })));
  });
  afterAll(() => edx.close());

  test.each(Object.keys(TABLE))(
    "a dry run of %s asks the LMS for nothing, and stores nothing",
    async (name) => {
      const [expected, give] = TABLE[name]!;
      const actor = ACTORS[roles.find((role) => expected[role][0] === "done")!]!;
      const scene = await setScene(name, actor);
      const before = await checksumOf(app.db);
      const asked = edx.requests.length;
      const rehearsal: Rehearsal = { entries: [] };
      expect(await outcomeOf(give({ ...by(actor, beside), rehearsal }, scene))).toBe("done");
      expect(edx.requests.slice(asked)).toEqual([]);
      expect(await checksumOf(app.db)).toEqual(before);
    },
  );
});

test.each(BY_SYSTEM)("no actor may give %s", (name) => {
  const everything: Actor = {
    ...ada,
    isSupport: true,
    isStaff: true,
    isService: true,
    isAuditor: true,
    isSuperuser: true,
  };
  expect(COMMANDS.get(name)!.allows(everything)).toBe(false);
});

test("a command refuses the actor itself, without GraphQL", async () => {
  const permissions = permissionsOf(schema);
  const open = { ...permissions, Mutation: { "*": permissions["UserError"]!["*"]! } };
  const server = await serve(narrow, {}, { schema, permissions: open });
  const input = { username: "ada", courseUuid: aCourse(), mode: "verified", comments };
  const { body } = await server.ask(
    ada,
    "mutation ($input: GrantEntitlementInput!) { grantEntitlement(input: $input) { userErrors { code } } }",
    { input },
  );
  await server.stop();
  expect(body.errors![0]).toMatchObject({
    message: "Not allowed: grantEntitlement requires the support role.",
    extensions: { code: "FORBIDDEN" },
  });
});
