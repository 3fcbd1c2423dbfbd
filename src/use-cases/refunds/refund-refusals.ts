import type { Refund } from "../../entities/refund";
import { Refusal } from "../../refusal";
import { refundRequestBlocker, type RefundRequestBlocker } from "../../rules/entitlement-rules";
import type { CommandRequest } from "../command";
import type { LockedEntitlement } from "../locked-entitlement";

/** Refuses to ask the shop for what a rule forbids, with the reason. */
export function refuseUnrefundable(
  { standing, periods }: LockedEntitlement,
  { now, app }: CommandRequest,
): void {
  const blocker = refundRequestBlocker(standing, periods, now, app.config.refund.isHandled);
  if (blocker)
    throw new Refusal(
      "ENTITLEMENT_NOT_REFUNDABLE",
      `The order cannot be paid back: ${REFUND_MESSAGES[blocker]}.`,
      { field: "entitlementId", blocker },
    );
}

/** The refusal of a refund that is not sent to the shop just now. */
export function unavailable(): Refusal {
  return new Refusal("REFUND_UNAVAILABLE", "The shop cannot be reached just now. Try again later.");
}

/** What the caller of a refund that has failed is told. */
export function refusalOf({ answer }: Refund): Refusal {
  if (answer === "NOT_SENT") return unavailable();
  return new Refusal("REFUND_FAILED", "The shop has refused to pay the order back.");
}

const REFUND_MESSAGES: Record<RefundRequestBlocker, string> = {
  REFUND_PENDING: "a refund is under way",
  ALREADY_REFUNDED: "it was paid back before",
  REFUND_LOCKED: "support has ruled it out",
  EXPIRED: "the entitlement has expired",
  NO_ORDER: "there is no order",
  REFUND_PERIOD_OVER: "the time for a refund is over",
  CERTIFICATE_EARNED: "a certificate has been earned",
  REGAIN_PERIOD_OVER: "the time to leave the run is over",
  REFUNDS_NOT_HANDLED: "refunds are not handled here",
};
