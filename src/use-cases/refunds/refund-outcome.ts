import type { App } from "../../app";
import type { Refund } from "../../entities/refund";
import type { RefundOutcome } from "../../gateways/refund/refund-gateway";
import { REFUND_ALARM_MS } from "../../rules/refund-rules";

/** Why a shop has not accepted a refund, as operators read it: a code or a word. Null when it has. */
export function detailOf(outcome: RefundOutcome): string | null {
  if (outcome.kind === "accepted") return null;
  return (outcome.kind === "refused" ? outcome.code : outcome.cause).slice(0, 200);
}

/** Logs what an operator should know of an outcome; the refund is as it was before. */
export function reportOutcome({ log, clock }: App, refund: Refund, outcome: RefundOutcome): void {
  const { id, state, createdAt } = refund;
  const ageMs = clock().getTime() - createdAt.getTime();
  if (outcome.kind === "accepted" && state === "FAILED")
    log.error({ refund: id }, "a shop paid back what it had refused");
  else if (outcome.kind === "unknown" && ageMs > REFUND_ALARM_MS)
    log.error({ refund: id, ageMs, cause: outcome.cause }, "a refund has long been in doubt");
  else if (outcome.kind !== "accepted")
    log.warn({ refund: id, outcome: outcome.kind, detail: detailOf(outcome) }, "a refund was not accepted");
}
