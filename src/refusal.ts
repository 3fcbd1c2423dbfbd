/** The codes of the reasons why a command is refused, each with the description that the schema publishes. */
export const REFUSAL_CODES = {
  ENTITLEMENT_NOT_FOUND: "The entitlement does not exist or belongs to another learner.",
  ENTITLEMENT_EXPIRED: "The entitlement has expired.",
  ENTITLEMENT_REFUNDED: "The order has been refunded, so the entitlement stays expired.",
  ENTITLEMENT_NOT_REDEEMABLE: "The entitlement cannot be redeemed for a run; `blocker` gives the reason.",
  ENTITLEMENT_NOT_REGAINABLE:
    "The learner can no longer leave or change the run; `blocker` gives the reason.",
  ENTITLEMENT_NOT_RENEWABLE: "The expiration period of the entitlement is not about to end.",
  COURSE_RUN_NOT_IN_COURSE: "The run belongs to another course.",
  COURSE_RUN_NOT_AVAILABLE: "The run is not available; `blocker` gives the reason.",
  ALREADY_ENROLLED_IN_PAID_MODE:
    "The learner is already enrolled in the run in a paid mode, or through another entitlement.",
  USER_NOT_FOUND: "No account has this username or LMS user id.",
  SUPPORT_AGENT_NOT_FOUND: "The account is not a support agent by `grantSupport`.",
  MODE_INVALID: "The course mode is not sold.",
  ORDER_ALREADY_USED:
    "The order already belongs to an entitlement of another learner or in another mode for this course.",
  POLICY_NOT_FOUND: "The policy does not exist.",
  POLICY_CONFLICT: "A policy for this site and mode exists already.",
  POLICY_IN_USE: "Entitlements have this policy, so it can be retired but not deleted.",
  POLICY_INVALID: "A period of the policy is not a number of whole days, or is too long.",
  SITE_NOT_FOUND: "The site does not exist.",
  HISTORY_ENTRY_NOT_FOUND: "The history of the entitlement does not contain the entry.",
  ENTITLEMENT_NOT_REFUNDABLE: "The order cannot be refunded; `blocker` gives the reason.",
  REFUND_PENDING:
    "A refund is pending; the entitlement cannot be changed until the refund has succeeded or failed.",
  PENDING_ENROLLMENT:
    "The LMS has not yet said whether it enrolls the learner; until then the entitlement can only be reissued, expired or revoked.",
  LMS_UNAVAILABLE:
    "The LMS does not tell at the moment what the decision depends on; the same mutation can succeed later.",
  ENROLLMENT_REFUSED: "The LMS refused to enroll the learner in the run.",
  ENROLLMENT_CALL_NOT_FOUND: "The LMS was never asked to change the enrollment.",
  ENROLLMENT_CALL_ENDED:
    "The LMS has done or refused what it was asked to do with the enrollment, so it is not asked again.",
  REFUND_FAILED: "The shop refused to refund the order.",
  REFUND_UNAVAILABLE: "The shop cannot be reached at the moment, so the order was not refunded.",
  REFUND_NOT_FOUND: "The refund does not exist.",
  REFUND_NOT_IN_REVIEW: "The refund is not in review, so no decision is needed.",
  COUNT_NOT_CONFIRMED:
    "The filter finds another number of entitlements than the caller has confirmed, or more than 1,000.",
  WEBHOOK_NOT_FOUND: "The webhook does not exist.",
  WEBHOOK_URL_INVALID: "The address cannot be that of a webhook.",
  WEBHOOKS_TOO_MANY: "There are as many webhooks as there may be.",
  CONFLICT: "Another request has changed the object in the meantime.",
} as const;
export type RefusalCode = keyof typeof REFUSAL_CODES;

/**
 * The refusals that no single field of the input need cause: another request does, the shop, the LMS, how much there is, or
 * two fields together. All others name a field.
 */
export const OF_NO_FIELD = [
  "CONFLICT",
  "LMS_UNAVAILABLE",
  "POLICY_CONFLICT",
  "REFUND_FAILED",
  "REFUND_UNAVAILABLE",
  "WEBHOOKS_TOO_MANY",
] as const satisfies RefusalCode[];

/** What a client can be told beside code and message. */
interface RefusalDetails {
  /** The field of the input that names what cannot be done, or what it cannot be done with. */
  field?: string;
  blocker?: string;
}

/** A command that a rule refuses. It is thrown, so that the transaction around it is rolled back and nothing changes. */
export class Refusal extends Error {
  constructor(code: (typeof OF_NO_FIELD)[number], message: string, details?: RefusalDetails);
  constructor(code: RefusalCode, message: string, details: RefusalDetails & { field: string });
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(`${message} Nothing has changed.`);
  }
}
