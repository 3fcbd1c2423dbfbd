import { randomUUID } from "node:crypto";
import type { App } from "../../../src/app";
import type { Actor } from "../../../src/auth/actor";
import type { Call } from "../../../src/use-cases/command";
import { fulfillOrder } from "../../../src/use-cases/entitlements/fulfill-order";
import { reissueEntitlement } from "../../../src/use-cases/entitlements/reissue-entitlement";
import { revokeEntitlement } from "../../../src/use-cases/entitlements/revoke-entitlement";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { switchSession } from "../../../src/use-cases/sessions/switch-session";
import { ada, grace } from "../../support/demo-app";
import { shop } from "../../support/lms";
import type { CommandName, Given } from "./schedule";
import type { Subject } from "./run";

type Giving = (call: (actor: Actor) => Call, entitlementId: string, courseRunKey: string) => Promise<unknown>;

const GIVE: Record<Exclude<CommandName, "fulfillOrder">, Giving> = {
  enrollAndFulfill: (by, entitlementId, courseRunKey) =>
    enrollAndFulfill(by(ada), { entitlementId, courseRunKey }),
  switchSession: (by, entitlementId, courseRunKey) => switchSession(by(ada), { entitlementId, courseRunKey }),
  leaveSession: (by, entitlementId) => leaveSession(by(ada), { entitlementId }),
  unenrollAndRefund: (by, entitlementId) => unenrollAndRefund(by(ada), { entitlementId, refund: "REQUEST" }),
  revokeEntitlement: (by, entitlementId) =>
    revokeEntitlement(by(shop), { entitlementId, reason: "refunded in the shop" }),
  revokeToAudit: (by, entitlementId) =>
    revokeEntitlement(by(shop), { entitlementId, reason: "refunded in the shop", downgrade: true }),
  reissueEntitlement: (by, entitlementId) =>
    reissueEntitlement(by(grace), { entitlementId, comments: "told by telephone", refundLocked: false }),
};

/** Gives a command to a process of ours. */
export async function give(app: App, subject: Subject, given: Given): Promise<void> {
  const call = (actor: Actor): Call => ({ app, actor, now: app.clock(), requestId: randomUUID() });
  const { command, entitlement, run } = given;
  if (command === "fulfillOrder") return fulfill(call(shop), subject, entitlement);
  const id = subject.ids[entitlement];
  if (id) await GIVE[command](call, id, subject.runs[run]);
}

async function fulfill(call: Call, { courseUuid, ids }: Subject, number: 0 | 1): Promise<void> {
  const order = { username: "ada", mode: "verified", courseUuid, refundLocked: false };
  const orderNumber = `CHAOS-${courseUuid}-${number}`;
  const { entitlement } = await fulfillOrder(call, { ...order, orderNumber });
  ids[number] = entitlement.id;
}
