import type { Messages } from "./catalog";

/** The messages in English. */
export const ENGLISH: Messages = {
  redeem: {
    REFUND_PENDING: "A refund of the order is pending, so the entitlement cannot be redeemed.",
    PENDING_ENROLLMENT: "The enrollment in the run that was chosen is not confirmed yet. Wait a moment.",
    EXPIRED: "The entitlement has expired.",
    ALREADY_REDEEMED: "The entitlement is already redeemed for a run. Switch to another run instead.",
    EXPIRATION_PERIOD_OVER: "The time in which the entitlement could be redeemed is over.",
  },
  regain: {
    REFUND_PENDING: "A refund of the order is pending, so the run cannot be left or changed.",
    PENDING_ENROLLMENT: "The enrollment in the run that was chosen is not confirmed yet. Wait a moment.",
    EXPIRED: "The entitlement has expired, so the run can no longer be left or changed.",
    NOT_REDEEMED: "The entitlement is not redeemed for a run, so there is no run to leave.",
    CERTIFICATE_EARNED: "There is a certificate for the run, so the run can no longer be left or changed.",
    REGAIN_PERIOD_OVER: "The time in which the run could be left or changed is over.",
  },
  refund: {
    REFUND_PENDING: "A refund of the order is already pending.",
    PENDING_ENROLLMENT: "The enrollment in the run that was chosen is not confirmed yet. Wait a moment.",
    ALREADY_REFUNDED: "The order has already been refunded.",
    REFUND_LOCKED: "Refunds of the order are ruled out. Ask support for the reason.",
    EXPIRED: "The entitlement has expired, so the order can no longer be refunded.",
    NO_ORDER: "Nothing was paid for the entitlement, so there is nothing to refund.",
    REFUND_PERIOD_OVER: "The time in which the order could be refunded is over.",
    CERTIFICATE_EARNED: "There is a certificate for the run, so the order can no longer be refunded.",
    REGAIN_PERIOD_OVER: "The run can no longer be left, so the order can no longer be refunded.",
    REFUNDS_NOT_HANDLED: "Orders are not refunded here. Ask where the order was paid.",
  },
  session: {
    RUN_UNKNOWN: "The catalog does not contain the run.",
    NO_START_DATE: "The run has no start date yet.",
    MODE_NOT_OFFERED: "The run is not offered in the mode of the entitlement.",
    UPGRADE_DEADLINE_PASSED: "The deadline for joining the run in the mode of the entitlement has passed.",
    ENROLLMENT_NOT_OPEN: "Enrollment in the run has not opened yet.",
    ENROLLMENT_CLOSED: "Enrollment in the run has closed.",
    COURSE_FULL: "The run has no free place.",
    ALREADY_ENROLLED: "The learner has a place in the run already, which this entitlement has not paid for.",
    REFUND_PENDING: "A refund of the order is pending, so no run can be chosen.",
    PENDING_ENROLLMENT: "The enrollment in the run that was chosen is not confirmed yet. Wait a moment.",
    EXPIRED: "The entitlement has expired, so no run can be chosen.",
    EXPIRATION_PERIOD_OVER: "The time in which a run could be chosen is over.",
    CERTIFICATE_EARNED: "There is a certificate for the current run, so it can no longer be changed.",
    REGAIN_PERIOD_OVER: "The time in which the current run could be changed is over.",
  },
};
