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
 * publication are not considered. Of several reasons, the first that is not overridden counts.
 */
export function runBlocker(
  run: OfferedRun | null,
  mode: string,
  enrollment: RunEnrollment | null,
  now: Date,
  overridden: readonly string[] = [],
): RunBlocker | null {
  if (!run) return "RUN_UNKNOWN";
  const offers = run.modes.filter((offer) => offer.slug === mode && offer.minPrice > 0);
  const isEnrolled = !!enrollment?.isActive;
  const { enrollmentStartsAt: opensAt, enrollmentEndsAt: closesAt, maxEnrollments: places } = run;
  const reasons: [RunBlocker, boolean][] = [
    ["NO_START_DATE", !run.startsAt],
    ["MODE_NOT_OFFERED", offers.length === 0],
    ["UPGRADE_DEADLINE_PASSED", offers.every(({ expiresAt }) => expiresAt && expiresAt < now)],
    ["ENROLLMENT_NOT_OPEN", !isEnrolled && !!opensAt && opensAt >= now],
    ["ENROLLMENT_CLOSED", !isEnrolled && !!closesAt && closesAt <= now],
    ["COURSE_FULL", !isEnrolled && places !== null && run.activeEnrollments >= places],
  ];
  return reasons.find(([reason, holds]) => holds && !overridden.includes(reason))?.[0] ?? null;
}
