/** Why a command was refused. */
export const REFUSAL_CODES = {
  ENTITLEMENT_NOT_FOUND: "There is no such entitlement, or it is not yours.",
  ENTITLEMENT_EXPIRED: "The entitlement has expired.",
  ENTITLEMENT_REFUNDED: "The order has been paid back, so the entitlement stays expired.",
  ENTITLEMENT_NOT_REDEEMABLE: "The entitlement cannot be spent on a run; `blocker` says why.",
  ENTITLEMENT_NOT_REGAINABLE: "The run can no longer be left for another; `blocker` says why.",
  COURSE_RUN_NOT_IN_COURSE: "The run belongs to another course.",
  COURSE_RUN_NOT_AVAILABLE: "The run cannot be taken; `blocker` says why.",
  ALREADY_ENROLLED_IN_PAID_MODE: "The learner already holds the run by other means.",
  USER_NOT_FOUND: "There is no such learner.",
  MODE_INVALID: "It is not a mode that is sold.",
  ORDER_ALREADY_USED: "The order has paid for the course of another learner, or in another mode.",
  POLICY_NOT_FOUND: "There is no such policy.",
  POLICY_CONFLICT: "There is a policy for this site and mode already.",
  POLICY_IN_USE: "Entitlements have this policy: it can be retired, not deleted.",
  POLICY_INVALID: "A policy cannot have such periods.",
  SITE_NOT_FOUND: "There is no such site.",
  HISTORY_ENTRY_NOT_FOUND: "The history of the entitlement has no such entry.",
  ENTITLEMENT_NOT_REFUNDABLE: "The order cannot be paid back; `blocker` says why.",
  REFUND_PENDING: "A refund is under way; nothing else can happen to the entitlement until it has ended.",
  REFUND_FAILED: "The shop has refused to pay the order back.",
  REFUND_UNAVAILABLE: "The shop cannot be reached just now; it has not been asked.",
  REFUND_NOT_FOUND: "There is no such refund.",
  REFUND_NOT_IN_REVIEW: "The refund does not wait for a decision.",
  CONFLICT: "Somebody else has changed it meanwhile.",
} as const;
export type RefusalCode = keyof typeof REFUSAL_CODES;

/** A "no" for the user: decided by a rule, nothing changed. Thrown, so that a transaction around it is undone. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly details: { field?: string; blocker?: string } = {},
  ) {
    super(`${message} Nothing has changed.`);
  }
}
