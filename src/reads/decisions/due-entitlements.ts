import { IS_REFUND_PENDING } from "../../entities/refund";
import type { Periods } from "../../rules/entitlement-rules";
import { select, type Database } from "../../store/statement";
import type { Key } from "../../store/rows/page";
import { decisionParameters, partsOf } from "./expired";

/** Why an entitlement that is stored as unexpired is due: the expiration period, or what ends a redemption. */
export type DueCause = "EXPIRATION_PERIOD_OVER" | "CERTIFICATE_EARNED" | "REGAIN_PERIOD_OVER";

/** Unused ones are narrowed by their age; of the redeemed, few stay unexpired for long. Each has an index of its own. */
const UNEXPIRED = {
  UNUSED: `e.enrollment_id is null and e.created_at < $1::timestamptz
    - least($2::interval, (select min(expiration_period) from course_entitlement_policy))`,
  REDEEMED: "e.enrollment_id is not null",
} as const;
export type DueScope = keyof typeof UNEXPIRED;

const DUE = partsOf("$1", "$2", "$3", "$4");

/**
 * `isExpiryDue` of the rules, for a statement that has an unexpired entitlement as `e`: null when it is not due, or
 * must not change because a refund of its order or an enrollment is pending. As a subquery it looks facts up by key,
 * whatever the planner estimates.
 */
export const DUE_CAUSE = `(
  select case
    when e.pending_enrollment_id is not null then null
    when exists (
      select from refund f
      where f.entitlement_id = e.id and ${IS_REFUND_PENDING}
    ) then null
    when ${DUE.isExpirationOver} then 'EXPIRATION_PERIOD_OVER'
    when not ${DUE.isRedeemed} then null
    when ${DUE.hasCertificate} then 'CERTIFICATE_EARNED'
    when ${DUE.isRegainOver} then 'REGAIN_PERIOD_OVER'
    end
  from (select) facts
  left join course_entitlement_policy p on p.id = e.policy_id
  left join course_enrollment n on n.id = e.enrollment_id and n.user_id = e.user_id
  left join course_run r on r.key = n.course_run_key
  left join certificate c on c.user_id = n.user_id and c.course_run_key = n.course_run_key)`;

/** An entitlement that is due. */
export interface DueEntitlement {
  id: string;
  /** As text: all its digits. */
  createdAt: string;
  cause: DueCause;
}

/** Up to `limit` entitlements that are due now, oldest first, behind a key. Reads only. */
export function dueEntitlements(
  db: Database,
  scope: DueScope,
  defaultPeriods: Periods,
  now: Date,
  { after, limit }: { after: Key | null; limit: number },
): Promise<DueEntitlement[]> {
  const keyset = after ? "and (e.created_at, e.id) > ($6, $7)" : "";
  return select<DueEntitlement>(
    db,
    `select * from (
       select e.id, e.created_at::text as "createdAt", ${DUE_CAUSE} as cause from course_entitlement e
       where e.expired_at is null and ${UNEXPIRED[scope]} ${keyset} order by e.created_at, e.id
     ) due where cause is not null limit $5`,
    [...decisionParameters(defaultPeriods, now), limit, ...(after ? [after.value, after.id] : [])],
  );
}
