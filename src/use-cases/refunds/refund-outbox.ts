import type { EntityManager } from "typeorm";
import type { App } from "../../app";
import { Refund } from "../../entities/refund";
import type { RefundOutcome } from "../../gateways/refund/refund-gateway";
import { learnerOfAttempt } from "../../reads/refunds";
import { nextRefundState, type RefundAnswer } from "../../rules/refund-rules";
import { pauseEnd } from "../attempts/attempt";
import type { Outbox } from "../attempts/outbox";
import { lockRow } from "../locked-entitlement";
import { detailOf, reportOutcome } from "./refund-outcome";
import { lockRefund } from "../locked-refund";
import { takeBack } from "../sessions/enrollment";

const ANSWERS: Record<RefundOutcome["kind"], RefundAnswer> = {
  accepted: "ACCEPTED",
  refused: "REFUSED",
  notSent: "NOT_SENT",
  unknown: "UNKNOWN",
};

/** The outbox of refund requests to the shop. */
export const REFUNDS: Outbox<Refund, RefundOutcome> = {
  entity: Refund,
  deadlineMs: ({ config }) => config.refund.deadlineMs,
  isPaused: ({ refunds }) => refunds.isPaused,
  faultKey: ({ orderNumber }) => orderNumber,
  abandoned: { state: "NEEDS_REVIEW" },

  async call(app, refund, requestId) {
    const { id: key, entitlementId, orderNumber } = refund;
    const username = await learnerOfAttempt(app.db, refund);
    if (username === null) return null;
    return app.refunds.request({ key, entitlementId, orderNumber, username, requestId });
  },

  async settle(tx, app, attempted, outcome) {
    const entitlement = await lockRow(tx, app, attempted.entitlementId);
    const refund = await lockRefund(tx, attempted.id);
    if (!entitlement || !refund) return null;
    reportOutcome(app, refund, outcome);
    const answer = ANSWERS[outcome.kind];
    const state = nextRefundState(refund, { attempt: attempted.attempt, answer }, app.refunds.isKeyed);
    if (refund.state === "SUCCEEDED" || refund.state === "FAILED") return refund;
    if (state !== "SUCCEEDED" && attempted.attempt !== refund.attempt) return refund;
    const now = app.clock();
    if (state === "SUCCEEDED") await takeBack(tx, entitlement, now);
    return tx.save(
      Object.assign(refund, {
        state,
        answer,
        detail: detailOf(outcome),
        shopReferences: outcome.kind === "accepted" ? outcome.refs : refund.shopReferences,
        nextAttemptAt: state === "IN_DOUBT" ? await nextAttempt(tx, app, attempted) : null,
        modifiedAt: now,
      }),
    );
  },
};

function nextAttempt(tx: EntityManager, { config }: App, { attempt }: Refund): Promise<Date> {
  return pauseEnd(tx, attempt, config.refund.deadlineMs);
}
