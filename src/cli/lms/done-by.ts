import type { Reconciled } from "../../use-cases/lms/reconciling/reconcile";

const DONE: Record<Reconciled["kind"], (of: string) => string> = {
  RECORD: () => "recorded",
  CLEAR: (of) => `recorded, and the entitlement ${of} is not redeemed for it any longer`,
  LINK: (of) => `recorded, and the entitlement ${of} is redeemed for it`,
  MODE_DIFFERS: (of) => `recorded, and the entitlement ${of} stays redeemed for it in another mode`,
  WAIT: () => "left as it is, because our own call or a refund decides first",
  UNKNOWN_ACCOUNT: () => "left as it is, because the LMS does not know the account",
  BUSY: () => "left as it is, because others change it at the same time",
};

/**
 * What was done about something that seemed to differ, in words; null when it does not: the lists of the LMS leave out
 * the enrollments in runs that were deleted.
 */
export function doneBy(result: Reconciled | "RECORDED" | "LEFT"): string | null {
  if (result === "RECORDED") return "recorded";
  if (result === "LEFT") return "left as it is";
  if (result.kind === "RECORD" && !result.isNews) return null;
  const { entitlementId = null, refund = null } = "isNews" in result ? result : {};
  const done = DONE[result.kind](entitlementId ?? "");
  return refund ? `${done}, and its refund is requested` : done;
}
