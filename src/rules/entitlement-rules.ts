import type { RefundState } from "./refund-rules";

/** One day in milliseconds. A day of the rules is always 86,400 s, whatever the calendar or the time zone. */
export const DAY_MS = 86_400_000;

/** The three periods of a policy, in milliseconds. */
export interface Periods {
  /** From creation, or from the latest renewal, until the entitlement expires. */
  expirationMs: number;
  /** From creation until the order can no longer be refunded. */
  refundMs: number;
  /** From redemption until the learner can no longer leave the run and keep the entitlement. */
  regainMs: number;
}

/** The periods that apply where no policy is linked: 730, 60 and 14 days. */
export const DEFAULT_PERIODS: Readonly<Periods> = {
  expirationMs: 730 * DAY_MS,
  refundMs: 60 * DAY_MS,
  regainMs: 14 * DAY_MS,
};

/** The run for which an entitlement is redeemed, as far as the rules need it. Null stands for an unknown value. */
export interface Redemption {
  /** The instant at which the learner first enrolled in the run; enrolling again does not change it. */
  enrolledAt: Date | null;
  /** The instant at which this entitlement was first redeemed for the run; leaving and returning does not change it. */
  redeemedAt: Date | null;
  /** The instant at which the run starts. */
  startsAt: Date | null;
  /** The status of the learner's certificate for the run; null without a certificate. */
  certificateStatus: string | null;
}

/** The reason why an expired entitlement expired. */
export type ExpiryCause = "LAPSED" | "REFUNDED" | "REVOKED" | "SUPPORT";

/** All facts about one entitlement that the rules need. */
export interface Standing {
  createdAt: Date;
  /** The instant at which an agent last renewed the entitlement; its expiration period counts from then. */
  renewedAt?: Date | null;
  /** The stored instant of expiry: any value means expired, even an instant in the future. */
  expiredAt: Date | null;
  expiryCause: ExpiryCause | null;
  orderNumber: string | null;
  /** Whether a refund is ruled out for good. */
  refundLocked: boolean;
  /** The state of the refund that has not failed, if there is one. */
  refundState?: RefundState | null;
  /** Whether the LMS has not yet said whether it enrolls the learner in a run that was chosen. */
  isEnrollmentPending?: boolean;
  /** Null while the entitlement is not redeemed. */
  redemption: Redemption | null;
}

/** Why an entitlement cannot be redeemed. */
export type RedeemBlocker =
  "REFUND_PENDING" | "PENDING_ENROLLMENT" | "EXPIRED" | "ALREADY_REDEEMED" | "EXPIRATION_PERIOD_OVER";
/** Why a learner cannot leave the run and keep the entitlement. */
export type RegainBlocker =
  | "REFUND_PENDING"
  | "PENDING_ENROLLMENT"
  | "EXPIRED"
  | "NOT_REDEEMED"
  | "CERTIFICATE_EARNED"
  | "REGAIN_PERIOD_OVER";
/** Why the order of an entitlement cannot be refunded. */
export type RefundBlocker =
  | "REFUND_PENDING"
  | "PENDING_ENROLLMENT"
  | "ALREADY_REFUNDED"
  | "REFUND_LOCKED"
  | "EXPIRED"
  | "NO_ORDER"
  | "REFUND_PERIOD_OVER"
  | "CERTIFICATE_EARNED"
  | "REGAIN_PERIOD_OVER";
/** Why a refund cannot be requested: the entitlement's reason, or the installation's. */
export type RefundRequestBlocker = RefundBlocker | "REFUNDS_NOT_HANDLED";
/** The certificates that make a redemption final. */
export const BLOCKING_CERTIFICATES: ReadonlySet<string> = new Set([
  "downloadable",
  "generating",
  "unavailable",
]);

/** The order number to store: an empty one means none. */
export function storedOrderNumber(given: string | null): string | null {
  return given === "" ? null : given;
}

/** Whole days from one instant to a later one, rounded toward minus infinity: 1 ms before is day -1. */
export function wholeDays(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY_MS);
}

/** Whole days since the entitlement was created. */
export function daysSinceCreated(standing: Standing, now: Date): number {
  return wholeDays(standing.createdAt, now);
}

/**
 * Whole days until the entitlement expires, negative afterwards. The expiration period counts, and for a redeemed
 * entitlement also the regain period, which begins at the latest of run start, enrollment, redemption and creation.
 */
export function daysUntilExpiration(standing: Standing, periods: Periods, now: Date): number {
  const days = wholeDays(now, expirationEnd(standing, periods));
  if (!standing.redemption) return days;
  return Math.min(days, periodDays(periods.regainMs) - wholeDays(regainStart(standing), now));
}

/** The reason why the learner cannot leave the run and keep the entitlement; null when the learner can. */
export function regainBlocker(standing: Standing, periods: Periods, now: Date): RegainBlocker | null {
  if (isRefundPending(standing)) return "REFUND_PENDING";
  if (standing.isEnrollmentPending) return "PENDING_ENROLLMENT";
  if (standing.expiredAt) return "EXPIRED";
  if (!standing.redemption) return "NOT_REDEEMED";
  if (BLOCKING_CERTIFICATES.has(standing.redemption.certificateStatus ?? "")) return "CERTIFICATE_EARNED";
  // The last day is included, up to its last millisecond.
  if (daysUntilExpiration(standing, periods, now) < 0) return "REGAIN_PERIOD_OVER";
  return null;
}

/** The reason why the order cannot be refunded, as far as the entitlement goes; null when it can. */
export function refundBlocker(standing: Standing, periods: Periods, now: Date): RefundBlocker | null {
  if (isRefundPending(standing)) return "REFUND_PENDING";
  if (standing.refundState === "SUCCEEDED" || standing.expiryCause === "REFUNDED") return "ALREADY_REFUNDED";
  if (standing.isEnrollmentPending) return "PENDING_ENROLLMENT";
  if (standing.refundLocked) return "REFUND_LOCKED";
  if (standing.expiredAt) return "EXPIRED";
  if (standing.orderNumber === null) return "NO_ORDER";
  // Strictly more: the last day of the period is included.
  if (daysSinceCreated(standing, now) > periodDays(periods.refundMs)) return "REFUND_PERIOD_OVER";
  if (!standing.redemption) return null;
  return regainBlocker(standing, periods, now) as "CERTIFICATE_EARNED" | "REGAIN_PERIOD_OVER" | null;
}

/** The reason why `unenrollAndRefund` cannot refund the order; null when it can. */
export function refundRequestBlocker(
  standing: Standing,
  periods: Periods,
  now: Date,
  handlesRefunds: boolean,
): RefundRequestBlocker | null {
  return refundBlocker(standing, periods, now) ?? (handlesRefunds ? null : "REFUNDS_NOT_HANDLED");
}

/** The states in which the refund may still turn out either way: the entitlement must not change. */
export const PENDING_REFUND_STATES: readonly RefundState[] = ["REQUESTED", "IN_DOUBT", "NEEDS_REVIEW"];

/** Whether a refund of the order is pending, so that the entitlement must not be changed. */
export function isRefundPending({ refundState }: Pick<Standing, "refundState">): boolean {
  return !!refundState && PENDING_REFUND_STATES.includes(refundState);
}

/** The reason why the entitlement cannot be redeemed for a run; null when it can. */
export function redeemBlocker(standing: Standing, periods: Periods, now: Date): RedeemBlocker | null {
  if (isRefundPending(standing)) return "REFUND_PENDING";
  if (standing.isEnrollmentPending) return "PENDING_ENROLLMENT";
  if (standing.expiredAt) return "EXPIRED";
  if (standing.redemption) return "ALREADY_REDEEMED";
  // This counts whole days, `daysUntilExpiration` the full period: an age of exactly 730 days blocks, but is not yet due.
  if (wholeDays(expirationStart(standing), now) >= periodDays(periods.expirationMs))
    return "EXPIRATION_PERIOD_OVER";
  return null;
}

/**
 * Whether the expiry is due but not stored: a period is over, or a certificate has made the redemption final. Nothing is
 * due while an answer that was asked for in time is pending.
 */
export function isExpiryDue(standing: Standing, periods: Periods, now: Date): boolean {
  if (standing.expiredAt || isRefundPending(standing) || standing.isEnrollmentPending) return false;
  if (daysUntilExpiration(standing, periods, now) < 0) return true;
  return standing.redemption !== null && regainBlocker(standing, periods, now) !== null;
}

/** The whole days of a period, without the rest. */
export function periodDays(periodMs: number): number {
  return Math.floor(periodMs / DAY_MS);
}

/** The instant from which the expiration period counts. The other periods never count from a renewal. */
export function expirationStart({ createdAt, renewedAt }: Standing): Date {
  return new Date(Math.max(createdAt.getTime(), renewedAt?.getTime() ?? -Infinity));
}

/** The last instant of the expiration period. */
export function expirationEnd(standing: Standing, { expirationMs }: Periods): Date {
  return new Date(expirationStart(standing).getTime() + expirationMs);
}

/** The instant from which the regain period of a redeemed entitlement counts. */
export function regainStart({ createdAt, redemption }: Standing): Date {
  const known = [redemption?.startsAt, redemption?.enrolledAt, redemption?.redeemedAt];
  return new Date(Math.max(createdAt.getTime(), ...known.map((instant) => instant?.getTime() ?? -Infinity)));
}
