import type { App } from "../../app";
import type { Refund } from "../../entities/refund";
import type { RefundOutcome } from "../../gateways/refund/refund-gateway";
import { REFUND_ALARM_MS } from "../../rules/refund-rules";

/** The reason why a shop has not accepted a refund, as a code or a word for operators. Null when it has. */
export function detailOf(outcome: RefundOutcome): string | null {
  if (outcome.kind === "accepted") return null;
  return (outcome.kind === "refused" ? outcome.code : outcome.cause).slice(0, 200);
}

/** Logs what an operator should know about an outcome; `refund` is the refund before it. */
export function reportOutcome({ log, clock }: App, refund: Refund, outcome: RefundOutcome): void {
  const { id, state, createdAt } = refund;
  const ageMs = clock().getTime() - createdAt.getTime();
  if (outcome.kind === "accepted" && state === "FAILED")
    log.error({ refund: id }, "a shop refunded an order whose refund it had refused");
  else if (outcome.kind === "unknown" && ageMs > REFUND_ALARM_MS)
    log.error(
      { refund: id, ageMs, cause: outcome.cause },
      "the outcome of a refund has been unknown for a long time",
    );
  else if (outcome.kind !== "accepted")
    log.warn({ refund: id, outcome: outcome.kind, detail: detailOf(outcome) }, "a refund was not accepted");
}
