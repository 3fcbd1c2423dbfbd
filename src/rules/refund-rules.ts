/** How far a request to pay an order back has come. */
export type RefundState = "REQUESTED" | "IN_DOUBT" | "SUCCEEDED" | "FAILED" | "NEEDS_REVIEW";

/** What the shop said to one attempt. NOT_SENT: no byte reached it. UNKNOWN: nobody can tell what it did. */
export type RefundAnswer = "ACCEPTED" | "REFUSED" | "NOT_SENT" | "UNKNOWN";

/** The states in which attempts are made. */
export const UNSETTLED_REFUND_STATES: readonly RefundState[] = ["REQUESTED", "IN_DOUBT"];

/** After so long in doubt somebody should look, in milliseconds. */
export const REFUND_ALARM_MS = 15 * 60_000;

/** What an attempt's answer makes of a refund. */
export function nextRefundState(
  refund: { state: RefundState; attempt: number },
  answered: { attempt: number; answer: RefundAnswer },
  isKeyed: boolean,
): RefundState {
  const { state } = refund;
  if (state === "SUCCEEDED" || state === "FAILED") return state;
  // Money that has moved has moved, whichever attempt hears of it.
  if (answered.answer === "ACCEPTED") return "SUCCEEDED";
  // An overtaken attempt does not know what the current one did, and a person decides only on purpose.
  if (answered.attempt !== refund.attempt || state === "NEEDS_REVIEW") return state;
  if (answered.answer === "UNKNOWN") return "IN_DOUBT";
  // Nothing but this attempt was ever sent; or all attempts are one request to the shop, which has refused it.
  if (answered.attempt === 1 || (answered.answer === "REFUSED" && isKeyed)) return "FAILED";
  // To a shop without keys, "refused" may mean "refunded before": only a person can find out.
  return answered.answer === "REFUSED" ? "NEEDS_REVIEW" : "IN_DOUBT";
}
