import type { EntityManager } from "typeorm";
import type { App } from "../../app";
import { Refund } from "../../entities/refund";
import type { RefundOutcome } from "../../gateways/refund/refund-gateway";
import { orderOfAttempt } from "../../reads/refunds";
import { ATTEMPTS_END_MS } from "../../rules/attempt-rules";
import { nextRefundState, UNSETTLED_REFUND_STATES, type RefundAnswer } from "../../rules/refund-rules";
import { pauseEnd } from "../attempts/lease";
import type { Outbox } from "../attempts/outbox";
import { lockRow } from "../locked-entitlement";
import { detailOf, reportOutcome } from "./refund-outcome";
import { lockRefund } from "../locked-refund";
import { takeBack } from "../sessions/release";

const ANSWERS: Record<RefundOutcome["kind"], RefundAnswer> = {
  accepted: "ACCEPTED",
  refused: "REFUSED",
  notSent: "NOT_SENT",
  notYet: "NOT_YET",
  unknown: "UNKNOWN",
};

/** The outbox of refund requests to the shop. Nobody waits for the answers, so what could not be sent is sent again. */
export const REFUNDS: Outbox<Refund, RefundOutcome> = {
  entity: Refund,
  endsAt: ({ createdAt }) => createdAt.getTime() + ATTEMPTS_END_MS,
  deadlineMs: ({ config }) => config.refund.deadlineMs,
  isPaused: ({ refunds }) => refunds.isPaused,
  faultKey: ({ orderNumber }) => orderNumber,
  abandoned: { state: "NEEDS_REVIEW" },

  async call(app, refund, requestId) {
    const { id: key, entitlementId, orderNumber } = refund;
    const order = await orderOfAttempt(app.db, refund);
    if (order === null) return null;
    const { createdAt, ...asked } = order;
    const ageMs = app.clock().getTime() - createdAt.getTime();
    return app.refunds.request({ ...asked, key, entitlementId, orderNumber, ageMs, requestId });
  },

  settle: (tx, app, attempted, outcome) => settle(tx, app, attempted, outcome, false),
};

/** The same for the attempt of a caller who waits for its answer, and is told when nothing could be sent. */
export const AWAITED_REFUNDS: typeof REFUNDS = {
  ...REFUNDS,
  settle: (tx, app, attempted, outcome) => settle(tx, app, attempted, outcome, true),
};

async function settle(
  tx: EntityManager,
  app: App,
  attempted: Refund,
  outcome: RefundOutcome,
  isAwaited: boolean,
): Promise<Refund | null> {
  const entitlement = await lockRow(tx, app, attempted.entitlementId);
  const refund = await lockRefund(tx, attempted.id);
  if (!entitlement || !refund) return null;
  reportOutcome(app, refund, outcome);
  const answer = ANSWERS[outcome.kind];
  const isForAll = app.refunds.isKeyed || (outcome.kind === "refused" && outcome.isForAll === true);
  const state = nextRefundState(refund, { attempt: attempted.attempt, answer, isForAll, isAwaited });
  if (refund.state === "SUCCEEDED" || refund.state === "FAILED") return refund;
  if (state !== "SUCCEEDED" && attempted.attempt !== refund.attempt) return refund;
  const now = app.clock();
  if (state === "SUCCEEDED") await takeBack(tx, { app, now }, entitlement);
  return tx.save(
    Object.assign(refund, {
      state,
      answer,
      detail: detailOf(outcome),
      shopReferences: outcome.kind === "accepted" ? outcome.refs : refund.shopReferences,
      nextAttemptAt: UNSETTLED_REFUND_STATES.includes(state) ? await nextAttempt(tx, app, attempted) : null,
      modifiedAt: now,
    }),
  );
}

function nextAttempt(tx: EntityManager, { config }: App, { attempt }: Refund): Promise<Date> {
  return pauseEnd(tx, attempt, config.refund.deadlineMs);
}
