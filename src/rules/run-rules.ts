/** A course mode in which a run is offered. */
export interface OfferedMode {
  slug: string;
  /** The price in the smallest unit of the shop; 0 for a free mode. */
  minPrice: number;
  /** The upgrade deadline; null without a deadline. */
  expiresAt: Date | null;
}

/** The facts about a run that the rules need. */
export interface OfferedRun {
  startsAt: Date | null;
  enrollmentStartsAt: Date | null;
  enrollmentEndsAt: Date | null;
  /** The number of places; null without a limit. */
  maxEnrollments: number | null;
  /** How many learners are enrolled in the run. */
  activeEnrollments: number;
  modes: readonly OfferedMode[];
}

/** The enrollment of the learner in the run. */
export interface RunEnrollment {
  isActive: boolean;
  mode: string;
}

/** Why an entitlement cannot be redeemed for a run, whoever the learner is. */
export type RunBlocker =
  | "RUN_UNKNOWN"
  | "NO_START_DATE"
  | "MODE_NOT_OFFERED"
  | "UPGRADE_DEADLINE_PASSED"
  | "ENROLLMENT_NOT_OPEN"
  | "ENROLLMENT_CLOSED"
  | "COURSE_FULL";

/**
 * The reason why an entitlement of this mode cannot be redeemed for a run; null when it can. The enrollment period and
 * the limit of places do not apply to a learner who is already enrolled in any mode; the end of the run and its
 * publication are not considered.
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
