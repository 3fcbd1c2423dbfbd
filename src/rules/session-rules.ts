import {
  BLOCKING_CERTIFICATES,
  isRefundPending,
  redeemBlocker,
  regainBlocker,
  type Periods,
  type RedeemBlocker,
  type RegainBlocker,
  type Standing,
} from "./entitlement-rules";
import { runBlocker, type OfferedRun, type RunBlocker, type RunEnrollment } from "./run-rules";

/** The entitlement for which a learner chooses a run. */
export interface Choosing {
  id: string;
  mode: string;
  /** The facts of the entitlement that the rules need. */
  standing: Standing;
  periods: Periods;
  /** The modes that cost nothing: an enrollment in one of them may be upgraded. */
  freeModes: readonly string[];
  /** The key of the run that the learner takes through the entitlement; null for none. */
  currentRunKey: string | null;
}

/** The learner's enrollment in a run, with the entitlements that are redeemed for it. */
export interface Seat extends RunEnrollment {
  /** The entitlements of the learner that are redeemed for the enrollment, or wait for it. */
  redeemedBy: readonly { id: string; isPending: boolean }[];
  /** The status of the learner's certificate for the run; null without a certificate. */
  certificateStatus: string | null;
}

/** Why an entitlement must not take over an enrollment. */
export type SeatBlocker = "ALREADY_ENROLLED";
/** Why a learner cannot choose a run as the session of an entitlement. */
export type SessionBlocker =
  | RunBlocker
  | SeatBlocker
  | Exclude<RedeemBlocker, "ALREADY_REDEEMED">
  | Exclude<RegainBlocker, "NOT_REDEEMED">;

/**
 * The reason why an entitlement must not take over the learner's enrollment in a run: the learner holds it by other
 * means. Only an active enrollment in a free mode may be taken over, and none that another entitlement is redeemed
 * for; nothing is inferred from prices. Null when there is no such enrollment, or the learner has left it.
 */
export function seatBlocker(
  { id, freeModes }: Choosing,
  seat: Omit<Seat, "certificateStatus"> | null,
): SeatBlocker | null {
  const others = seat?.redeemedBy.filter((other) => other.id !== id) ?? [];
  if (!seat?.isActive) return others.some((other) => other.isPending) ? "ALREADY_ENROLLED" : null;
  const isOwn = seat.redeemedBy.some((own) => own.id === id);
  return others.length === 0 && (isOwn || freeModes.includes(seat.mode)) ? null : "ALREADY_ENROLLED";
}

/**
 * The reason why the learner cannot choose a run as the session of an entitlement, by redeeming it or by switching from
 * another run; null when the learner can. The current session can always be kept, unless a refund is pending.
 */
export function sessionBlocker(
  choosing: Choosing,
  courseRunKey: string,
  run: OfferedRun | null,
  seat: Seat | null,
  now: Date,
): SessionBlocker | null {
  const { standing, periods, mode } = choosing;
  if (isRefundPending(standing)) return "REFUND_PENDING";
  if (standing.isEnrollmentPending) return "PENDING_ENROLLMENT";
  if (courseRunKey === choosing.currentRunKey) return null;
  const own = standing.redemption
    ? regainBlocker(standing, periods, now)
    : redeemBlocker(standing, periods, now);
  if (own) return own as Exclude<typeof own, "ALREADY_REDEEMED" | "NOT_REDEEMED">;
  return seatBlocker(choosing, seat) ?? runBlocker(run, mode, seat, now);
}

/** The reasons that an agent may override when a learner is moved to another run. */
export const MOVE_OVERRIDES = [
  "REGAIN_PERIOD_OVER",
  "UPGRADE_DEADLINE_PASSED",
  "ENROLLMENT_NOT_OPEN",
  "ENROLLMENT_CLOSED",
  "COURSE_FULL",
] as const;
/** A reason against a move that an agent can override; it has the name of the blocker. */
export type MoveOverride = (typeof MOVE_OVERRIDES)[number];

/**
 * The reason why an agent cannot move the learner of an entitlement to another run; null when the agent can. The expiry
 * that follows from the end of the regain period can be overridden; a certificate, and an expiry that an agent or a
 * shop has caused, cannot.
 */
export function moveBlocker(
  standing: Standing,
  periods: Periods,
  overridden: readonly MoveOverride[],
  now: Date,
): RedeemBlocker | RegainBlocker | null {
  if (!standing.redemption) return redeemBlocker(standing, periods, now);
  if (standing.expiredAt && standing.expiryCause !== "LAPSED") return "EXPIRED";
  const blocker = regainBlocker({ ...standing, expiredAt: null }, periods, now);
  return blocker === "REGAIN_PERIOD_OVER" && overridden.includes(blocker) ? null : blocker;
}

/**
 * Whether the learner takes the run for free now and the entitlement can upgrade that enrollment, unasked: a run whose
 * certificate would make it final is only redeemed for a learner who chooses it.
 */
export function isUpgradeable(
  choosing: Choosing,
  courseRunKey: string,
  run: OfferedRun | null,
  seat: Seat | null,
  now: Date,
): boolean {
  if (!seat?.isActive || BLOCKING_CERTIFICATES.has(seat.certificateStatus ?? "")) return false;
  return sessionBlocker(choosing, courseRunKey, run, seat, now) === null;
}
