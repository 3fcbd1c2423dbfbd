import type { EntitlementState } from "../../rules/entitlement-state";
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

/** `expiresAt` of the rules, likewise; `infinity` where that is null. */
export function expiresAtIn({ defaultPeriods }: DecisionTime, parameter: Parameter): string {
  const expiration = `${parameter(`${defaultPeriods.expirationMs} milliseconds`)}::interval`;
  const regain = `${parameter(`${defaultPeriods.regainMs} milliseconds`)}::interval`;
  return `(case when e.expired_at is not null then 'infinity'::timestamptz else least(
    greatest(e.created_at, e.renewed_at) + coalesce(p.expiration_period, ${expiration}),
    case when n.is_active then greatest(e.created_at, e.redeemed_at, n.created_at, r.starts_at)
      + ${wholeDays(`coalesce(p.regain_period, ${regain})`)} + interval '1 day' end) end)`;
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
