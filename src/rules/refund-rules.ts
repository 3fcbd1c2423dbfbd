/** How far a request to pay an order back has come. */
export type RefundState = "REQUESTED" | "IN_DOUBT" | "SUCCEEDED" | "FAILED" | "NEEDS_REVIEW";

/** What the shop said to one attempt. NOT_SENT: no byte reached it. UNKNOWN: nobody can tell what it did. */
export type RefundAnswer = "ACCEPTED" | "REFUSED" | "NOT_SENT" | "UNKNOWN";

/** The states in which the refund may still turn out either way: the entitlement must not change. */
export const PENDING_REFUND_STATES: readonly RefundState[] = ["REQUESTED", "IN_DOUBT", "NEEDS_REVIEW"];

/** The states in which attempts are made. */
export const UNSETTLED_REFUND_STATES: readonly RefundState[] = ["REQUESTED", "IN_DOUBT"];

/** After so long in doubt somebody should look, in milliseconds. */
export const REFUND_ALARM_MS = 15 * 60_000;

/** After so long in doubt nothing is sent by itself any more, in milliseconds: shops forget their keys after a day. */
export const REFUND_SENDING_ENDS_MS = 23 * 3_600_000;

/** Pauses between attempts, in deadlines of the shop: 1 s, 5 s, 15 s, 1 min, then 5 min for one of 5 s. */
const PAUSES = [0.2, 1, 3, 12, 60] as const;

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

/** The pause before the attempt after this one, in milliseconds; `chance` from 0 to 1 spreads it by a fifth. */
export function pauseAfter(attempt: number, deadlineMs: number, chance: number): number {
  const pause = PAUSES[Math.min(attempt, PAUSES.length) - 1]!;
  return Math.round(pause * deadlineMs * (0.9 + 0.2 * chance));
}
