import type { EntityManager } from "typeorm";
import type { App } from "../../app";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refund } from "../../entities/refund";
import { learnerOfAttempt } from "../../reads/refunds";
import type { RefundOutcome } from "../../gateways/refund/refund-gateway";
import { nextRefundState, pauseAfter, REFUND_ALARM_MS, type RefundAnswer } from "../../rules/refund-rules";
import { faultPoint } from "../../store/fault-point";
import type { Change } from "../../store/transact";
import { transactSurely } from "../../store/transact-surely";
import { release } from "../sessions/enrollment";
import { lockRow, type LockedEntitlement } from "../locked-entitlement";

const ANSWERS: Record<RefundOutcome["kind"], RefundAnswer> = {
  accepted: "ACCEPTED",
  refused: "REFUSED",
  notSent: "NOT_SENT",
  unknown: "UNKNOWN",
};

/**
 * Asks the shop once and records what came of it. Null when there was nothing to ask: the refund is settled, gone, or
 * another attempt owns it. No connection is held while the shop thinks.
 */
export async function attemptRefund(app: App, change: Change, refund: Refund): Promise<Refund | null> {
  const { id: key, entitlementId, orderNumber } = refund;
  await faultPoint("call:before", orderNumber);
  const username = await learnerOfAttempt(app.db, refund);
  if (username === null) return null;
  const outcome = await app.refunds.request({
    key,
    entitlementId,
    orderNumber,
    username,
    requestId: change.requestId,
  });
  await faultPoint("call:after", orderNumber);
  return settleRefund(app, change, refund, outcome);
}

/** Records an outcome and all that follows from it, at once or not at all. Null when the refund is gone. */
export function settleRefund(
  app: App,
  change: Change,
  attempted: Pick<Refund, "id" | "attempt" | "entitlementId" | "orderNumber">,
  outcome: RefundOutcome,
): Promise<Refund | null> {
  return transactSurely(app.db, change, async (tx) => {
    const entitlement = await lockRow(tx, app, attempted.entitlementId);
    const refund = await lockRefund(tx, attempted.id);
    if (!entitlement || !refund) return null;
    const settled = await record(tx, app, entitlement, refund, attempted.attempt, outcome);
    await faultPoint("settle:beforeCommit", attempted.orderNumber);
    return settled;
  });
}

/** Locks a refund; its entitlement must have been locked before. */
export function lockRefund(tx: EntityManager, id: string): Promise<Refund | null> {
  return tx.findOne(Refund, { where: { id }, lock: { mode: "for_no_key_update" } });
}

/** What a refund does to its entitlement: the learner leaves the run, and it expires. */
export function takeBack(
  tx: EntityManager,
  entitlement: LockedEntitlement,
  now: Date,
): Promise<EntitlementFacts> {
  const expiredAt = entitlement.row.expiredAt ?? now;
  return release(tx, { now }, entitlement, { expiredAt, expiryCause: "REFUNDED" });
}

async function record(
  tx: EntityManager,
  app: App,
  entitlement: LockedEntitlement,
  refund: Refund,
  attempt: number,
  outcome: RefundOutcome,
): Promise<Refund> {
  const now = app.clock();
  const answer = ANSWERS[outcome.kind];
  const state = nextRefundState(refund, { attempt, answer }, app.refunds.isKeyed);
  report(app, refund, outcome, now);
  if (refund.state === "SUCCEEDED" || refund.state === "FAILED") return refund;
  if (state !== "SUCCEEDED" && attempt !== refund.attempt) return refund;
  if (state === "SUCCEEDED") await takeBack(tx, entitlement, now);
  const pause = pauseAfter(attempt, app.config.refund.deadlineMs, Math.random());
  return tx.save(
    Object.assign(refund, {
      state,
      answer,
      detail: detailOf(outcome),
      shopReferences: outcome.kind === "accepted" ? outcome.refs : refund.shopReferences,
      nextAttemptAt: state === "IN_DOUBT" ? new Date(now.getTime() + pause) : null,
      modifiedAt: now,
    }),
  );
}

function detailOf(outcome: RefundOutcome): string | null {
  if (outcome.kind === "accepted") return null;
  return (outcome.kind === "refused" ? outcome.code : outcome.cause).slice(0, 200);
}

function report({ log }: App, { id, state, createdAt }: Refund, outcome: RefundOutcome, now: Date): void {
  const ageMs = now.getTime() - createdAt.getTime();
  if (outcome.kind === "accepted" && state === "FAILED")
    log.error({ refund: id }, "a shop paid back what it had refused");
  else if (outcome.kind === "unknown" && ageMs > REFUND_ALARM_MS)
    log.error({ refund: id, ageMs, cause: outcome.cause }, "a refund has long been in doubt");
  else if (outcome.kind !== "accepted")
    log.warn({ refund: id, outcome: outcome.kind, detail: detailOf(outcome) }, "a refund was not accepted");
}
