import type { Actor } from "../src/auth/actor";
import { createWebhook } from "../src/use-cases/webhooks/create-webhook";
import { grantSupport } from "../src/use-cases/agents/grant-support";
import { expireEntitlement } from "../src/use-cases/entitlements/expire-entitlement";
import { sweepRefunds } from "../src/use-cases/refunds/sweep-refunds";
import { unenrollAndRefund } from "../src/use-cases/refunds/unenroll-and-refund";
import { checksumOf } from "./support/checksum";
import { ask, schema } from "./support/demo-app";
import { failStatement } from "./support/fail-statement";
import { endPauses } from "./support/refunds";
import { historyOf, stored } from "./support/stored";
import {
  aCourse,
  ada,
  anEnrollment,
  anEntitlement,
  aPolicy,
  aRun,
  by,
  grace,
  hopper,
  removePolicies,
  shop,
  useApp,
} from "./support/world";

const app = useApp();
afterEach(() => removePolicies(app));

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
  withdrawSupport: async () => {
    await grantSupport(by(hopper, app), { username: "bob", comments });
    return { asking: hopper, input: { username: "bob", comments } };
  },
  createWebhook: () =>
    Promise.resolve({ asking: hopper, input: { url: "https://shop.invalid/hook", comments } }),
  updateWebhook: async () => ({
    asking: hopper,
    input: { webhookId: await aWebhook(), makeSecret: true, isActive: false, comments },
  }),
  deleteWebhook: async () => ({ asking: hopper, input: { webhookId: await aWebhook() } }),
  testWebhook: async () => ({ asking: hopper, input: { webhookId: await aWebhook() } }),
  replayWebhook: async () => ({
    asking: hopper,
    input: { webhookId: await aWebhook(), fromHistoryEntryId: "1", comments },
  }),
  // A refund is several transactions around the shop's answer: see the last test, and test/chaos.
  unenrollAndRefund: async () => {
    const { entitlementId } = await aSpentOne();
    return { asking: ada, input: { entitlementId, refund: "SKIP" } };
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

async function aWebhook(): Promise<string> {
  const settings = { url: "https://shop.invalid/hook", entityTypes: ["REFUND"] as const, comments };
  return (await createWebhook(by(hopper, app), settings)).webhook.id;
}

test("the table contains every mutation", () => {
  const mutations = Object.keys(schema.getMutationType()!.getFields());
  expect(Object.keys(COMMANDS).sort()).toEqual(mutations.sort());
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

/** Once the lease of a dead attempt is over, the sweep completes the refund and ends the entitlement. */
async function expectCompleted(entitlementId: string): Promise<void> {
  await endPauses(app);
  await sweepRefunds(app);
  const [refund, ...more] = await app.db.query<{ state: string }[]>(
    "select state from refund where entitlement_id = $1",
    [entitlementId],
  );
  expect([refund, more]).toEqual([{ state: "SUCCEEDED" }, []]);
  expect(await stored(app, entitlementId)).toMatchObject({ expiryCause: "REFUNDED", enrollmentId: null });
}

const EXTRA: Record<string, string> = { revokeEntitlements: "revocations { outcome }" };

/** Whether a mutation succeeded, was refused, or failed because of an error of the server. */
async function outcomeOf(name: string, asking: Actor, input: Record<string, unknown>): Promise<string> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } ${EXTRA[name] ?? ""} } }`;
  const { data, errors } = await ask<Record<string, Answer>>(app, asking, document, { input });
  if (errors) return "failed";
  const { userErrors, revocations = [] } = data![name]!;
  if (revocations.some(({ outcome }) => outcome === "FAILED")) return "failed";
  return userErrors.length > 0 ? `refused: ${userErrors[0]!.code}` : "done";
}

interface Answer {
  userErrors: { code: string }[];
  revocations?: { outcome: string }[];
}
