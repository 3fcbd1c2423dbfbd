/** A paid or free way to take a run. */
export interface OfferedMode {
  slug: string;
  /** In the smallest unit that the shop prices in; 0 is free. */
  minPrice: number;
  /** The upgrade deadline; null means open. */
  expiresAt: Date | null;
}

/** What the rules need to know of a run. */
export interface OfferedRun {
  startsAt: Date | null;
  enrollmentStartsAt: Date | null;
  enrollmentEndsAt: Date | null;
  /** Null means without limit. */
  maxEnrollments: number | null;
  activeEnrollments: number;
  modes: readonly OfferedMode[];
}

/** The learner's enrollment in that run. */
export interface RunEnrollment {
  isActive: boolean;
  mode: string;
}

export type RunBlocker =
  | "RUN_UNKNOWN"
  | "NO_START_DATE"
  | "MODE_NOT_OFFERED"
  | "UPGRADE_DEADLINE_PASSED"
  | "ENROLLMENT_NOT_OPEN"
  | "ENROLLMENT_CLOSED"
  | "COURSE_FULL";
export type SessionBlocker = RunBlocker | "ALREADY_ENROLLED";

/**
 * Why a run cannot fulfill an entitlement of this mode, or null when it can. A learner who is enrolled in any mode
 * is not stopped by the enrollment window or a full course; the run's end and publication play no part.
 */
export function runBlocker(
  run: OfferedRun | null,
  mode: string,
  enrollment: RunEnrollment | null,
  now: Date,
): RunBlocker | null {
  if (!run) return "RUN_UNKNOWN";
  if (!run.startsAt) return "NO_START_DATE";
  const offered = run.modes.filter((offer) => offer.slug === mode && offer.minPrice > 0);
  if (offered.length === 0) return "MODE_NOT_OFFERED";
  if (!offered.some((offer) => !offer.expiresAt || offer.expiresAt >= now)) return "UPGRADE_DEADLINE_PASSED";
  if (enrollment?.isActive) return null;
  if (run.enrollmentStartsAt && run.enrollmentStartsAt >= now) return "ENROLLMENT_NOT_OPEN";
  if (run.enrollmentEndsAt && run.enrollmentEndsAt <= now) return "ENROLLMENT_CLOSED";
  if (run.maxEnrollments !== null && run.activeEnrollments >= run.maxEnrollments) return "COURSE_FULL";
  return null;
}

/**
 * Why the learner cannot choose a run as the session of this entitlement, or null when they can. The current
 * session can always be kept; a run they hold in the same mode by other means cannot be taken twice.
 */
export function sessionBlocker(
  run: OfferedRun | null,
  mode: string,
  enrollment: RunEnrollment | null,
  isCurrent: boolean,
  now: Date,
): SessionBlocker | null {
  if (enrollment?.isActive && enrollment.mode === mode) return isCurrent ? null : "ALREADY_ENROLLED";
  return runBlocker(run, mode, enrollment, now);
}
