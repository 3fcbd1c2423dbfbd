import type { EntitlementState } from "../../rules/entitlement-state";
import { LAST_MS } from "../../rules/deadlines";
import { expiredIn, wholeDays, type DecisionTime } from "../decisions/expired";
import type { Parameter } from "../../store/statement";

/** `entitlementState` of the rules in SQL, for a statement of `fromFacts`. */
export function stateIn(time: DecisionTime, parameter: Parameter): string {
  const { isExpired, isRedeemed } = expiredIn(time, parameter);
  return `(case
    when e.expiry_cause in ('REFUNDED', 'REVOKED') then e.expiry_cause
    when e.pending_enrollment_id is not null then 'PENDING_ENROLLMENT'
    when ${isExpired} then case when ${isRedeemed} then 'FULFILLED' else 'EXPIRED' end
    when ${isRedeemed} then 'FULFILLED_CHANGEABLE'
    else 'AVAILABLE' end)`;
}

/** Longer periods would reach beyond what PostgreSQL can hold, and end after the year 9999 like this one. */
const LONGEST = "interval '3700000 days'";

/** `expiresAt` of the rules, likewise; `infinity` where that is null. */
export function expiresAtIn({ defaultPeriods }: DecisionTime, parameter: Parameter): string {
  const expiration = `${parameter(`${defaultPeriods.expirationMs} milliseconds`)}::interval`;
  const regain = `${parameter(`${defaultPeriods.regainMs} milliseconds`)}::interval`;
  const end = `least(
    greatest(e.created_at, e.renewed_at) + least(coalesce(p.expiration_period, ${expiration}), ${LONGEST}),
    case when n.is_active then greatest(e.created_at, e.redeemed_at, n.created_at, r.starts_at)
      + ${wholeDays(`least(coalesce(p.regain_period, ${regain}), ${LONGEST})`)} + interval '1 day' end)`;
  const isNone = `e.expired_at is not null or ${end} > '${new Date(LAST_MS).toISOString()}'`;
  return `(case when ${isNone} then 'infinity'::timestamptz else ${end} end)`;
}

/** What is true of every entitlement in one of some states and has an index, for lists of rare ones; null for nothing. */
export function impliedBy(states: readonly EntitlementState[]): string | null {
  const areIn = (...among: EntitlementState[]) => states.every((state) => among.includes(state));
  if (areIn("REFUNDED", "REVOKED")) return "e.expiry_cause in ('REFUNDED', 'REVOKED')";
  if (areIn("PENDING_ENROLLMENT")) return "e.pending_enrollment_id is not null";
  if (areIn("FULFILLED_CHANGEABLE")) return "e.expired_at is null and e.enrollment_id is not null";
  return areIn("AVAILABLE", "FULFILLED_CHANGEABLE") ? "e.expired_at is null" : null;
}

/**
 * What is true of every entitlement that can expire before an instant and has an index: it is redeemed, or so old that the
 * shortest of all periods would be over.
 */
export function mayExpireBefore(
  instant: Date,
  { defaultPeriods }: DecisionTime,
  parameter: Parameter,
): string {
  const shortest = `least(${parameter(`${defaultPeriods.expirationMs} milliseconds`)}::interval,
    (select min(expiration_period) from course_entitlement_policy))`;
  return `e.expired_at is null and (e.enrollment_id is not null
    or e.enrollment_id is null and e.created_at < ${parameter(instant)}::timestamptz - ${shortest})`;
}
