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

/** What the shop has said to one attempt. */
export interface AnsweredAttempt {
  /** The number of the attempt. */
  attempt: number;
  answer: RefundAnswer;
  /** Whether a refusal is for all attempts of the refund. */
  isForAll: boolean;
  /** Whether a caller waits for this answer. */
  isAwaited: boolean;
}

/** The new state of a refund after the answer to an attempt. */
export function nextRefundState(
  refund: { state: RefundState; attempt: number },
  answered: AnsweredAttempt,
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
  // Nothing but this attempt can have been sent.
  const isOnly = answered.attempt === 1;
  // Who waits is told, and can ask again; for all others the shop is asked again.
  if (answered.answer === "NOT_SENT") return isOnly && answered.isAwaited ? "FAILED" : state;
  // Where only this of several attempts was refused, that may mean "refunded before": an operator has to find out.
  return isOnly || answered.isForAll ? "FAILED" : "NEEDS_REVIEW";
}
