import { BLOCKING_CERTIFICATES, redeemBlocker, type Periods } from "./entitlement-rules";
import type { OfferedRun } from "./run-rules";
import { isUpgradeable, type Choosing, type Seat } from "./session-rules";

/** A run of a course, with the enrollment of the learner in it. */
export interface OrderedRun extends OfferedRun {
  /** The run itself, with its key. */
  run: { key: string };
  enrollment: Seat | null;
}

/** What keeps a learner from redeeming an entitlement, until the catalog or the account changes. */
export type UselessnessWarning = "COURSE_UNKNOWN" | "MODE_NOT_OFFERED" | "LEARNER_INACTIVE";
/**
 * What a shop should know before it sells a course to a learner. Only the end of the expiration period keeps the order from
 * being fulfilled: the policy that the entitlement would get leaves no time to redeem it.
 */
export type OrderWarning =
  | UselessnessWarning
  | "EXPIRATION_PERIOD_OVER"
  | "ALREADY_ENTITLED"
  | "ALREADY_ENROLLED"
  | "CERTIFICATE_EARNED";

/** What the fulfilment of an order does with the runs of its course. */
export interface OrderEffect<Run extends OrderedRun> {
  /** The run for which the new entitlement is redeemed at once; null for none. */
  redeemed: Run | null;
  /** The runs that could be upgraded, where there are several: the learner has to choose one. */
  upgradeable: Run[];
}

/**
 * The runs of the course that the learner takes for free and that a new entitlement can upgrade, without those that a
 * certificate would make final. The entitlement is redeemed at once if there is exactly one.
 */
export function orderEffect<Run extends OrderedRun>(
  entitlement: Choosing,
  sessions: readonly Run[],
  now: Date,
): OrderEffect<Run> {
  const runs = sessions.filter((session) =>
    isUpgradeable(entitlement, session.run.key, session, session.enrollment, now),
  );
  return runs.length === 1 ? { redeemed: runs[0]!, upgradeable: [] } : { redeemed: null, upgradeable: runs };
}

/** An entitlement as an order is about to create it: without history, redeemed for nothing. */
export function newEntitlement(
  mode: string,
  periods: Periods,
  freeModes: readonly string[],
  now: Date,
): Choosing {
  const standing = {
    createdAt: now,
    expiredAt: null,
    expiryCause: null,
    orderNumber: null,
    refundLocked: false,
    redemption: null,
  };
  return { id: "", mode, standing, periods, freeModes, currentRunKey: null };
}

/** The learner, and what the learner has of the course already. */
export interface Holding {
  /** Whether the account of the learner is active. */
  isLearnerActive: boolean;
  /** Whether the learner has an entitlement for the course that has not expired. */
  isEntitled: boolean;
  /** The enrollments of the learner in runs of the course, with the status of the certificate earned there. */
  enrollments: readonly { isActive: boolean; mode: string; certificateStatus: string | null }[];
}

/** All that keeps a learner from redeeming an entitlement of this mode for a run of its course. */
export function uselessnessWarnings(
  mode: string,
  sessions: readonly OrderedRun[],
  isLearnerActive: boolean,
): UselessnessWarning[] {
  const isOffered = sessions.some(({ modes }) =>
    modes.some(({ slug, minPrice }) => slug === mode && minPrice > 0),
  );
  const isKnown = sessions.length > 0;
  return whichHold({
    COURSE_UNKNOWN: !isKnown,
    MODE_NOT_OFFERED: isKnown && !isOffered,
    LEARNER_INACTIVE: !isLearnerActive,
  });
}

/** All that a shop should know before it sells an entitlement, as an order would create it, to the learner. */
export function orderWarnings(
  { mode, freeModes, standing, periods }: Choosing,
  sessions: readonly OrderedRun[],
  { isLearnerActive, isEntitled, enrollments }: Holding,
  now: Date,
): OrderWarning[] {
  const isEnrolled = enrollments.some((seat) => seat.isActive && !freeModes.includes(seat.mode));
  const isCertified = enrollments.some((seat) => BLOCKING_CERTIFICATES.has(seat.certificateStatus ?? ""));
  const others = {
    EXPIRATION_PERIOD_OVER: redeemBlocker(standing, periods, now) === "EXPIRATION_PERIOD_OVER",
    ALREADY_ENTITLED: isEntitled,
    ALREADY_ENROLLED: isEnrolled,
    CERTIFICATE_EARNED: isCertified,
  };
  return [...uselessnessWarnings(mode, sessions, isLearnerActive), ...whichHold(others)];
}

function whichHold<Name extends string>(holds: Record<Name, boolean>): Name[] {
  return (Object.keys(holds) as Name[]).filter((name) => holds[name]);
}
