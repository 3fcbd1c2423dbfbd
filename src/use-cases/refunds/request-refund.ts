import type { EntityManager } from "typeorm";
import type { App } from "../../app";
import { mayActForAnyone } from "../../auth/actor";
import type { Refund } from "../../entities/refund";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { liveRefundOf } from "../../reads/refunds";
import { databaseNow } from "../../store/database-clock";
import { leaseEnd } from "../attempts/lease";
import { prove } from "../attempts/prove";
import type { CommandRequest } from "../command";
import { lockForRefund, lockRow, type OwnReference } from "../locked-entitlement";
import { newRefund, succeeded, type Beginning } from "./new-refund";
import { refuseUnrefundable, unavailable } from "./refund-refusals";
import { takeBack } from "../sessions/release";

/** A request for a refund with its entitlement, and whether it was recorded just now. */
export interface RequestedRefund {
  entitlement: EntitlementFacts;
  refund: Refund;
  isNew: boolean;
}

/**
 * Records a request, unless it is recorded already; its caller makes the first attempt. Rejects with the reason that
 * forbids it.
 */
export async function record(
  tx: EntityManager,
  request: CommandRequest,
  reference: OwnReference,
): Promise<RequestedRefund> {
  const nextAttemptAt = await leaseEnd(tx, request.app.config.refund.deadlineMs);
  return recordWith(tx, request, reference, { attempt: 1, nextAttemptAt });
}

/** Records a request like `record`, with proof that it can be settled, and leaves all attempts to the sweep. */
export async function queue(
  tx: EntityManager,
  request: CommandRequest,
  reference: OwnReference,
): Promise<RequestedRefund> {
  const beginning = { attempt: 0, nextAttemptAt: await databaseNow(tx) };
  const requested = await recordWith(tx, request, reference, beginning);
  if (requested.isNew) await proveSuccess(tx, request.app, requested.refund);
  return requested;
}

/** What a dry run tells: the request and its success, as the shop is expected to agree. */
export async function foresee(
  tx: EntityManager,
  request: CommandRequest,
  reference: OwnReference,
): Promise<RequestedRefund> {
  const requested = await record(tx, request, reference);
  return requested.isNew ? succeed(tx, request.app, requested.refund) : requested;
}

/** Proves that the success of a refund can be stored. */
export function proveSuccess(tx: EntityManager, app: App, refund: Refund): Promise<void> {
  return prove(tx, () => succeed(tx, app, refund));
}

async function recordWith(
  tx: EntityManager,
  request: CommandRequest,
  reference: OwnReference,
  beginning: Beginning,
): Promise<RequestedRefund> {
  const entitlement = await lockForRefund(tx, request, reference);
  // A refund that was requested while the entitlement was another learner's is not shown to the learner who has it now.
  const learnerId = mayActForAnyone(request.actor) ? null : entitlement.facts.userId;
  const live = await liveRefundOf(tx, entitlement.id, learnerId);
  const { expiryCause } = entitlement.facts;
  // A repetition is told of the refund by which the entitlement has ended, and not of one before it was reissued.
  const isEnded = expiryCause === "REFUNDED" || expiryCause === "REVOKED";
  if (live && (live.state !== "SUCCEEDED" || isEnded))
    return { entitlement: entitlement.facts, refund: live, isNew: false };
  refuseUnrefundable(entitlement, request);
  if (request.app.refunds.isPaused) throw unavailable();
  const refund = await tx.save(newRefund(tx, entitlement, request.app.clock(), beginning));
  return { entitlement: entitlement.facts, refund, isNew: true };
}

async function succeed(tx: EntityManager, app: App, wish: Refund): Promise<RequestedRefund> {
  const refund = await tx.save(succeeded(tx, wish));
  const entitlement = await lockRow(tx, app, wish.entitlementId);
  return { entitlement: await takeBack(tx, { app, now: app.clock() }, entitlement!), refund, isNew: true };
}
