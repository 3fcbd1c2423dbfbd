import { redeemBlocker, regainBlocker, type Periods, type Standing } from "./entitlement-rules";

/** The state of an entitlement, as clients see it. */
export type EntitlementState =
  | "AVAILABLE"
  | "PENDING_ENROLLMENT"
  | "FULFILLED_CHANGEABLE"
  | "FULFILLED"
  | "EXPIRED"
  | "REFUNDED"
  | "REVOKED";

/**
 * Whether the entitlement has expired: an expiry is stored, or its time to be redeemed or to leave the run is over. A
 * pending refund is ignored, as if it had failed; while an enrollment is pending, only a stored expiry counts. So it has
 * expired whenever its state is none of AVAILABLE, FULFILLED_CHANGEABLE and PENDING_ENROLLMENT, and in the last of these
 * when it had expired before it was moved.
 */
export function isExpired(standing: Standing, periods: Periods, now: Date): boolean {
  if (standing.isEnrollmentPending) return standing.expiredAt !== null;
  const settled = { ...standing, refundState: null };
  return (settled.redemption ? regainBlocker : redeemBlocker)(settled, periods, now) !== null;
}

/** The lifecycle state of the entitlement. A pending refund is ignored, as if it had failed. */
export function entitlementState(standing: Standing, periods: Periods, now: Date): EntitlementState {
  if (standing.expiryCause === "REFUNDED" || standing.expiryCause === "REVOKED") return standing.expiryCause;
  if (standing.isEnrollmentPending) return "PENDING_ENROLLMENT";
  const hasExpired = isExpired(standing, periods, now);
  if (standing.redemption) return hasExpired ? "FULFILLED" : "FULFILLED_CHANGEABLE";
  return hasExpired ? "EXPIRED" : "AVAILABLE";
}
