import { BLOCKING_CERTIFICATES, type Periods } from "../../rules/entitlement-rules";

/**
 * Parts of the rules in SQL, for a statement that has an entitlement as `e`, its policy as `p`, its enrollment as `n`, the
 * run as `r` and the certificate as `c`. Differences of instants are compared, as they have no time zone and no limit.
 */
export function partsOf(now: string, expiration: string, regain: string, certificates: string) {
  const periodOver = `${now}::timestamptz - greatest(e.created_at, e.renewed_at)`;
  const expirationPeriod = `coalesce(p.expiration_period, ${expiration}::interval)`;
  return {
    isRedeemed: "n.is_active is true",
    isExpirationOver: `${periodOver} > ${expirationPeriod}`,
    // Redeeming counts whole days.
    isTooOld: `${periodOver} >= ${wholeDays(expirationPeriod)}`,
    hasCertificate: `coalesce(c.status = any(${certificates}), false)`,
    // The regain period is over once its whole days and one more have passed.
    isRegainOver: `${now}::timestamptz - greatest(e.created_at, e.redeemed_at, n.created_at, r.starts_at)
      >= ${wholeDays(`coalesce(p.regain_period, ${regain}::interval)`)} + interval '1 day'`,
  };
}

/** A period without the rest of a day. */
export function wholeDays(period: string): string {
  return `date_trunc('day', justify_hours(${period}))`;
}

/** The parameters of those parts. */
export function decisionParameters({ expirationMs, regainMs }: Periods, now: Date): unknown[] {
  return [now, `${expirationMs} milliseconds`, `${regainMs} milliseconds`, [...BLOCKING_CERTIFICATES]];
}

/** What decisions depend on besides what is stored of an entitlement. */
export interface DecisionTime {
  /** The instant at which decisions are taken. */
  now: Date;
  /** The periods of an entitlement without a stored policy. */
  defaultPeriods: Periods;
}

/** What decides which entitlements of a statement of `fromFacts` have expired, and which are redeemed. */
export interface Expired {
  /** `isExpired` of the rules. */
  isExpired: string;
  /** Whether an entitlement may have expired, by what an index knows: all that have are among them. */
  mayBeExpired: string;
  /** Whether it is redeemed for an active enrollment. */
  isRedeemed: string;
}

/** `isExpired` of the rules in SQL, given what makes a parameter of a value. */
export function expiredIn(
  { now, defaultPeriods }: DecisionTime,
  parameter: (value: unknown) => string,
): Expired {
  const [at, expiration, regain, certificates] = decisionParameters(defaultPeriods, now).map(parameter);
  const parts = partsOf(at!, expiration!, regain!, certificates!);
  const { isRedeemed, isExpirationOver, hasCertificate, isRegainOver, isTooOld } = parts;
  const shortest = `least(${expiration}::interval, (select min(expiration_period) from course_entitlement_policy))`;
  return {
    isRedeemed,
    isExpired: `(e.expired_at is not null or e.pending_enrollment_id is null and case when ${isRedeemed}
      then ${isExpirationOver} or ${hasCertificate} or ${isRegainOver} else ${isTooOld} end)`,
    mayBeExpired: `(e.expired_at is not null or e.enrollment_id is not null
      or e.created_at <= ${at}::timestamptz - ${wholeDays(shortest)})`,
  };
}
