import type { Periods, Standing } from "../../rules/entitlement-rules";
import type { Choosing } from "../../rules/session-rules";
import type { EntitlementFacts } from "../entitlement-facts";

/** What the rules need to know of an entitlement. */
export function standingOf(facts: EntitlementFacts): Standing {
  const {
    createdAt,
    renewedAt,
    expiredAt,
    expiryCause,
    orderNumber,
    refundLocked,
    redeemedAt,
    refundState,
    pendingEnrollmentId,
    enrollment,
  } = facts;
  return {
    createdAt,
    renewedAt,
    expiredAt,
    expiryCause,
    orderNumber,
    refundLocked,
    refundState,
    isEnrollmentPending: pendingEnrollmentId !== null,
    // The learner has left the run by other means, so the entitlement is not redeemed.
    redemption: enrollment?.isActive
      ? {
          enrolledAt: enrollment.createdAt,
          redeemedAt,
          startsAt: enrollment.run?.startsAt ?? null,
          certificateStatus: enrollment.certificateStatus,
        }
      : null,
  };
}

/** The settings on which decisions about an entitlement depend. */
export interface DecisionTerms {
  /** The periods of an entitlement without a stored policy. */
  defaultPeriods: Periods;
  /** The modes that cost nothing: an enrollment in one of them may be taken over and ended. */
  freeModes: readonly string[];
}

/** An entitlement as the rules of sessions see it. */
export function choosingOf(facts: EntitlementFacts, { defaultPeriods, freeModes }: DecisionTerms): Choosing {
  const { id, mode, policy, enrollment } = facts;
  const currentRunKey = enrollment?.isActive ? enrollment.courseRunKey : null;
  return {
    id,
    mode,
    standing: standingOf(facts),
    periods: policy ?? defaultPeriods,
    freeModes,
    currentRunKey,
  };
}
