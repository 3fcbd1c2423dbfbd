import { getNamedType, type GraphQLObjectType } from "graphql";
import { UserAccount } from "../src/entities/accounts/user-account";
import { CourseEntitlement } from "../src/entities/course-entitlement";
import { transact } from "../src/store/transact";
import type { Actor } from "../src/auth/actor";
import { grantSupport } from "../src/use-cases/agents/grant-support";
import { expireEntitlement } from "../src/use-cases/entitlements/expire-entitlement";
import { expireDueEntitlements } from "../src/use-cases/entitlements/expire-due-entitlements";
import "../src/use-cases/webhooks/sweep-webhooks"; // for its name
import { system } from "../src/auth/who";
import { sweepRefunds } from "../src/use-cases/refunds/sweep-refunds";
import { unenrollAndRefund } from "../src/use-cases/refunds/unenroll-and-refund";
import { createWebhook } from "../src/use-cases/webhooks/create-webhook";
import { EnrollmentCall } from "../src/entities/enrollment-call";
import { newestEntryId } from "../src/reads/finding/entry-rows";
import { COMMANDS as DECLARED } from "../src/use-cases/system-command";
import { checksumOf } from "./support/checksum";
import { ask, schema } from "./support/demo-app";
import { failStatement } from "./support/fail-statement";
import { endPauses } from "./support/refunds";
import { historyOf, stored } from "./support/stored";
import {
  aCall,
  aCourse,
  ada,
  ago,
  anEnrollment,
  anEntitlement,
  aPolicy,
  aRun,
  by,
  grace,
  hopper,
  put,
  removePolicies,
  shop,
  useApp,
} from "./support/world";

const app = useApp();
afterEach(() => removePolicies(app));
afterEach(() => app.db.query("delete from webhook"));

/** A command that succeeds, and the actor who gives it. */
interface Command {
  asking: Actor;
  input: Record<string, unknown>;
}

const comments = "Fault";

async function aSpentOne() {
  const courseUuid = aCourse();
  const [run, other] = [await aRun(app, courseUuid), await aRun(app, courseUuid)];
  return { entitlementId: await anEntitlement(app, { courseUuid, run }), courseRunKey: other };
}

async function anUnspentOne() {
  const courseUuid = aCourse();
  const courseRunKey = await aRun(app, courseUuid);
  await anEnrollment(app, courseRunKey);
  return { entitlementId: await anEntitlement(app, { courseUuid }), courseRunKey };
}

async function anOrder() {
  const courseUuid = aCourse();
  await anEnrollment(app, await aRun(app, courseUuid));
  return { username: "ada", courseUuid, mode: "verified", orderNumber: "ORDER-1" };
}

/** An entitlement that is about to expire. */
function anOldOne(): Promise<string> {
  return anEntitlement(app, { courseUuid: aCourse(), createdAt: ago(700) });
}

async function aWebhook(): Promise<{ webhookId: string }> {
  const settings = { url: "https://shop.invalid", entityTypes: ["REFUND"] as const, comments };
  return { webhookId: (await createWebhook(by(hopper, app), settings)).webhook.id };
}

function ofMany(asking: Actor, { entitlementId }: { entitlementId: string }): Command {
  return { asking, input: { entitlementIds: [entitlementId], comments } };
}

const COMMANDS: Record<string, () => Promise<Command>> = {
  enrollAndFulfill: async () => ({ asking: ada, input: await anUnspentOne() }),
  enrollIfEntitled: async () => {
    const { courseRunKey } = await anUnspentOne();
    return { asking: ada, input: { courseRunKey } };
  },
  switchSession: async () => ({ asking: ada, input: await aSpentOne() }),
  leaveSession: async () => {
    const { entitlementId } = await aSpentOne();
    return { asking: ada, input: { entitlementId } };
  },
  recordUnenrollment: async () => {
    const courseUuid = aCourse();
    const courseRunKey = await aRun(app, courseUuid);
    await anEntitlement(app, { courseUuid, run: courseRunKey });
    return { asking: shop, input: { username: "ada", courseRunKey, refund: "REFUND" } };
  },
  grantEntitlement: async () => {
    const { username, courseUuid, mode } = await anOrder();
    return { asking: grace, input: { username, courseUuid, mode, comments } };
  },
  reissueEntitlement: async () => {
    const { entitlementId } = await aSpentOne();
    return { asking: grace, input: { entitlementId, comments } };
  },
  expireEntitlement: async () => {
    const { entitlementId } = await aSpentOne();
    return { asking: grace, input: { entitlementId, comments } };
  },
  setRefundLock: async () => {
    const { entitlementId } = await aSpentOne();
    return { asking: grace, input: { entitlementId, isLocked: true, comments } };
  },
  revertEntitlement: async () => {
    const { entitlementId } = await aSpentOne();
    const [first] = await historyOf(app, entitlementId);
    await expireEntitlement(by(grace, app), { entitlementId, comments });
    return { asking: grace, input: { entitlementId, historyEntryId: first!.history_id, comments } };
  },
  fulfillOrder: async () => ({ asking: shop, input: await anOrder() }),
  revokeEntitlement: async () => {
    const { entitlementId } = await aSpentOne();
    return { asking: shop, input: { entitlementId, reason: comments } };
  },
  revokeEntitlements: async () => {
    const { entitlementId } = await aSpentOne();
    return { asking: shop, input: { entitlementIds: [entitlementId], reason: comments } };
  },
  createEntitlementPolicy: () =>
    Promise.resolve({ asking: hopper, input: { mode: "verified", siteDomain: "demo.example" } }),
  updateEntitlementPolicy: async () => ({
    asking: hopper,
    input: { policyId: await aPolicy(app), isRetired: true, refundPeriod: "P30D" },
  }),
  deleteEntitlementPolicy: async () => ({ asking: hopper, input: { policyId: await aPolicy(app) } }),
  changeEntitlementMode: async () => {
    const { courseUuid, orderNumber } = await anOrder();
    await anEntitlement(app, { courseUuid, orderNumber });
    return { asking: hopper, input: { courseUuid, orderNumber, mode: "professional", comments } };
  },
  grantSupport: () => Promise.resolve({ asking: hopper, input: { username: "bob", comments } }),
  retireUser: async () => {
    const change = {
      userId: "901",
      userLabel: "leaver",
      reason: "test",
      source: "API",
      requestId: null,
    } as const;
    await put(app, UserAccount, { id: "901", username: "leaver", email: null, name: null });
    const { entitlementId } = await anUnspentOne();
    await transact(app.db, change, (tx) =>
      tx.save(CourseEntitlement, { id: entitlementId, refundLocked: true }),
    );
    return { asking: shop, input: { userId: "901", retiredUsername: "retired__user_901" } };
  },
  replaceUsernames: async () => {
    await put(app, UserAccount, { id: "902", username: "renamed_before", email: null, name: null });
    return { asking: shop, input: { replacements: [{ from: "renamed_before", to: "renamed_after" }] } };
  },
  withdrawSupport: async () => {
    await grantSupport(by(hopper, app), { username: "bob", comments });
    return { asking: hopper, input: { username: "bob", comments } };
  },
  renewEntitlement: async () => {
    const entitlementId = await anOldOne();
    return { asking: grace, input: { entitlementId, comments } };
  },
  moveSession: async () => ({ asking: grace, input: { ...(await aSpentOne()), comments } }),
  transferEntitlement: async () => {
    const { entitlementId } = await anUnspentOne();
    return { asking: hopper, input: { entitlementId, username: "bob", comments } };
  },
  assignPolicy: async () => {
    const { entitlementId } = await aSpentOne();
    return { asking: hopper, input: { entitlementId, policyId: await aPolicy(app), comments } };
  },
  expireEntitlements: async () => ofMany(grace, await aSpentOne()),
  renewEntitlements: async () => ofMany(grace, { entitlementId: await anOldOne() }),
  changeEntitlementModes: async () => {
    const { asking, input } = ofMany(hopper, await aSpentOne());
    return { asking, input: { ...input, mode: "professional", acceptAnyMode: true } };
  },
  refundEntitlements: async () => {
    const { entitlementId } = await aSpentOne();
    return { asking: hopper, input: { entitlementIds: [entitlementId] } };
  },
  createWebhook: () =>
    Promise.resolve({
      asking: hopper,
      input: { url: "https://shop.invalid", entityTypes: ["REFUND"], comments },
    }),
  updateWebhook: async () => ({
    asking: hopper,
    input: { ...(await aWebhook()), isActive: false, makeSecret: true, comments },
  }),
  deleteWebhook: async () => ({ asking: hopper, input: await aWebhook() }),
  testWebhook: async () => ({ asking: hopper, input: await aWebhook() }),
  replayWebhook: async () => {
    await aSpentOne();
    const fromHistoryEntryId = await newestEntryId(app.db);
    return { asking: hopper, input: { ...(await aWebhook()), fromHistoryEntryId, comments } };
  },
  fulfillOrders: async () => ({ asking: shop, input: { orders: [await anOrder()] } }),
  // A refund is several transactions around the shop's answer: see the last test, and test/chaos.
  unenrollAndRefund: async () => {
    const { entitlementId } = await aSpentOne();
    return { asking: ada, input: { entitlementId, refund: "SKIP" } };
  },
  // While an attempt may be in progress, the next one is left to the sweep: see the tests of calls, and test/chaos.
  retryEnrollmentCall: async () => {
    const { courseRunKey } = await aSpentOne();
    const enrollmentId = await anEnrollment(app, courseRunKey);
    const entitlementId = await anEntitlement(app);
    const now = app.clock();
    const inProgress = { state: "IN_DOUBT", nextAttemptAt: ago(-1), modifiedAt: now } as const;
    await put(app, EnrollmentCall, aCall({ id: enrollmentId, entitlementId, ...inProgress }));
    return { asking: grace, input: { enrollmentId, comments } };
  },
  resolveRefund: async () => {
    const { entitlementId } = await aSpentOne();
    const [refund] = await app.db.query<{ id: string }[]>(
      `insert into refund (entitlement_id, order_number, state, attempt, created_at, modified_at)
       values ($1, 'ORDER-R', 'NEEDS_REVIEW', 2, now(), now()) returning id`,
      [entitlementId],
    );
    return { asking: grace, input: { refundId: refund!.id, outcome: "SUCCEEDED", comments } };
  },
};

test("the table contains every command that an actor gives; the others have tests of their own", () => {
  const given = [...DECLARED].filter(([, { requires }]) => requires !== system.requires);
  const lacking = given.map(([name]) => name).filter((name) => !Object.hasOwn(COMMANDS, name));
  expect(lacking).toEqual([]);
});

test.each(Object.keys(COMMANDS))("when any statement of %s fails, nothing changes", async (name) => {
  const { asking, input } = await COMMANDS[name]!();
  const before = await checksumOf(app.db);
  let faults = 0;
  for (;;) {
    let outcome = "";
    const didFail = await failStatement(faults + 1, async () => {
      outcome = await outcomeOf(name, asking, input);
    });
    if (!didFail) {
      expect(outcome).toBe("done");
      break;
    }
    faults++;
    expect(outcome).toBe("failed");
    expect(await checksumOf(app.db)).toEqual(before);
  }
  expect(faults).toBeGreaterThan(3);
  expect(await checksumOf(app.db)).not.toEqual(before);
});

test("when any statement of a refund fails, nothing changes or the sweep completes the refund", async () => {
  const hasty = { ...app, config: { ...app.config, refund: { ...app.config.refund, deadlineMs: 20 } } };
  for (let nth = 1; ; nth++) {
    const { entitlementId } = await aSpentOne();
    const before = await checksumOf(app.db);
    let wasTold = "";
    const didFail = await failStatement(nth, async () => {
      const command = unenrollAndRefund(by(ada, hasty), { entitlementId, refund: "REQUEST" });
      wasTold = await command.then(
        () => "refund",
        () => "error",
      );
    });
    const [refund] = await app.db.query<{ state: string }[]>(
      "select state from refund where entitlement_id = $1",
      [entitlementId],
    );
    if (wasTold === "error" && !refund) expect(await checksumOf(app.db)).toEqual(before);
    else await expectCompleted(entitlementId);
    if (!didFail) break;
  }
});

test("when any statement of expireDueEntitlements fails, nothing changes or the next sweep completes it", async () => {
  const sweep = { source: "JOB", requestId: "sweep" } as const;
  for (let nth = 1; ; nth++) {
    const entitlementId = await anEntitlement(app, { courseUuid: aCourse(), createdAt: ago(800) });
    const didFail = await failStatement(nth, () => expireDueEntitlements(app, sweep).catch(() => null));
    await expireDueEntitlements(app, sweep);
    expect(await stored(app, entitlementId)).toMatchObject({ expiryCause: "LAPSED" });
    expect(await historyOf(app, entitlementId)).toHaveLength(2);
    if (!didFail) break;
  }
});

/**
 * Once the lease of a dead attempt is over, a sweep completes the refund and ends the entitlement. While the shop still
 * works on the call that was given up, it cannot say yet, and a later sweep asks again.
 */
async function expectCompleted(entitlementId: string): Promise<void> {
  let refunds: { state: string }[] = [];
  for (const deadline = Date.now() + 10_000; Date.now() < deadline && refunds[0]?.state !== "SUCCEEDED";) {
    await endPauses(app);
    await sweepRefunds(app);
    refunds = await app.db.query("select state from refund where entitlement_id = $1", [entitlementId]);
  }
  expect(refunds).toEqual([{ state: "SUCCEEDED" }]);
  expect(await stored(app, entitlementId)).toMatchObject({ expiryCause: "REFUNDED", enrollmentId: null });
}

/** What bulk mutations answer with, each in a list. */
const LISTS = ["results", "revocations", "fulfillments"] as const;

/** Whether a mutation succeeded, was refused, or failed because of an error of the server. */
async function outcomeOf(name: string, asking: Actor, input: Record<string, unknown>): Promise<string> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const payload = getNamedType(schema.getMutationType()!.getFields()[name]!.type) as GraphQLObjectType;
  const lists = LISTS.filter((list) => list in payload.getFields()).map((list) => `${list} { outcome }`);
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } ${lists.join(" ")} } }`;
  const { data, errors } = await ask<Record<string, Answer>>(app, asking, document, { input });
  if (errors) return "failed";
  const { userErrors, ...answered } = data![name]!;
  const outcomes = LISTS.flatMap((list) => answered[list] ?? []).map(({ outcome }) => outcome);
  if (outcomes.includes("FAILED")) return "failed";
  return userErrors.length > 0 ? `refused: ${userErrors[0]!.code}` : "done";
}

interface Answer {
  userErrors: { code: string }[];
  results?: { outcome: string }[];
  revocations?: { outcome: string }[];
  fulfillments?: { outcome: string }[];
}
