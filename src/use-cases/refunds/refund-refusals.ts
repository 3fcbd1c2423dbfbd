import type { Refund } from "../../entities/refund";
import { ENGLISH } from "../../messages/english";
import { Refusal } from "../../refusal";
import { refundRequestBlocker } from "../../rules/entitlement-rules";
import type { CommandRequest } from "../command";
import type { LockedEntitlement } from "../locked-entitlement";

/** Refuses a refund that a rule forbids, with the reason. */
export function refuseUnrefundable(
  { standing, periods }: LockedEntitlement,
  { now, app }: CommandRequest,
): void {
  const blocker = refundRequestBlocker(standing, periods, now, app.config.refund.isHandled);
  if (blocker)
    throw new Refusal("ENTITLEMENT_NOT_REFUNDABLE", ENGLISH.refund[blocker], {
      field: "entitlementId",
      blocker,
    });
}

/** The refusal of a refund while nothing is sent to the shop. */
export function unavailable(): Refusal {
  return new Refusal("REFUND_UNAVAILABLE", "The shop does not answer at the moment. Try again later.");
}

/** The refusal for the caller of a refund that has failed. */
export function refusalOf({ answer }: Refund): Refusal {
  if (answer === "NOT_SENT") return unavailable();
  return new Refusal("REFUND_FAILED", "The shop has refused the refund.");
}
