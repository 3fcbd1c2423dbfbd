/** The state of a request to refund an order. */
export type RefundState = "REQUESTED" | "IN_DOUBT" | "SUCCEEDED" | "FAILED" | "NEEDS_REVIEW";

/**
 * The shop's answer to one attempt. NOT_SENT: no byte reached the shop. NOT_YET: the shop does not know the order yet.
 * UNKNOWN: the attempt may or may not have succeeded.
 */
export type RefundAnswer = "ACCEPTED" | "REFUSED" | "NOT_SENT" | "NOT_YET" | "UNKNOWN";

/** The states in which attempts are made. */
export const UNSETTLED_REFUND_STATES: readonly RefundState[] = ["REQUESTED", "IN_DOUBT"];

/** The age at which an operator should look at a refund with an unknown outcome, in milliseconds. */
export const REFUND_ALARM_MS = 15 * 60_000;

/** The new state of a refund after the answer to an attempt. A refusal may be for all attempts of the refund. */
export function nextRefundState(
  refund: { state: RefundState; attempt: number },
  answered: { attempt: number; answer: RefundAnswer },
  isForAll: boolean,
): RefundState {
  const { state } = refund;
  if (state === "SUCCEEDED" || state === "FAILED") return state;
  // A refund that the shop has made counts, whichever attempt learns of it.
  if (answered.answer === "ACCEPTED") return "SUCCEEDED";
  // An attempt that is no longer the current one does not know the current outcome, and a review is ended only by
  // resolveRefund.
  if (answered.attempt !== refund.attempt || state === "NEEDS_REVIEW") return state;
  if (answered.answer === "NOT_YET") return state;
  if (answered.answer === "UNKNOWN") return "IN_DOUBT";
  // Nothing but this attempt was ever sent; or the shop has refused all attempts at once.
  if (answered.attempt === 1 || (answered.answer === "REFUSED" && isForAll)) return "FAILED";
  // Where only this attempt was refused, that may mean "refunded before": an operator has to find out.
  return answered.answer === "REFUSED" ? "NEEDS_REVIEW" : "IN_DOUBT";
}
