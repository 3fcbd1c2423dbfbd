/** The words for the values that the API names. */
export const states = {
  "state.AVAILABLE": "Available",
  "state.FULFILLED_CHANGEABLE": "In session, changeable",
  "state.FULFILLED": "In session, final",
  "state.PENDING_ENROLLMENT": "Enrolling",
  "state.EXPIRED": "Expired",
  "state.REFUNDED": "Refunded",
  "state.REVOKED": "Revoked",

  "refund.REQUESTED": "Asking the shop",
  "refund.IN_DOUBT": "In doubt: asking again",
  "refund.NEEDS_REVIEW": "Needs a decision",
  "refund.SUCCEEDED": "Order refunded",
  "refund.FAILED": "Not refunded",

  "cause.LAPSED": "Its time was over",
  "cause.REFUNDED": "Refunded",
  "cause.REVOKED": "Revoked",
  "cause.SUPPORT": "Support ended it",

  "source.API": "through the API",
  "source.JOB": "by background work",
  "source.CLI": "by an operator",
  "source.DATABASE": "by direct SQL",
  "source.IMPORT": "by an import",
} as const;
