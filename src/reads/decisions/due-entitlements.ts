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

/** So many entitlements are looked at in one statement: whether one is due is asked of each, and few may be. */
const LOOKED_AT_ONCE = 20_000;

/** Some entitlements that are due. */
export interface SomeDue {
  due: DueEntitlement[];
  /** Behind which key to go on; null when all were looked at. */
  next: Key | null;
}

/** Up to `limit` entitlements that are due now, oldest first, behind a key. Reads only. */
export async function dueEntitlements(
  db: Database,
  scope: DueScope,
  defaultPeriods: Periods,
  now: Date,
  { after, limit }: { after: Key | null; limit: number },
): Promise<SomeDue> {
  const parameters = decisionParameters(defaultPeriods, now);
  const ofAge = scope === "UNUSED" ? parameters.slice(0, 2) : [];
  const from = `from course_entitlement e where e.expired_at is null and ${UNEXPIRED[scope]}`;
  const key = (first: number) => `($${first}::timestamptz, $${first + 1}::uuid)`;
  const behind = (first: number) => (after ? `and (e.created_at, e.id) > ${key(first)}` : "");
  const partsOfKey = (found: Key | null) => (found ? [found.value, found.id] : []);
  const [end = null] = await select<Key>(
    db,
    `select e.created_at::text as value, e.id ${from} ${behind(ofAge.length + 1)}
     order by e.created_at, e.id offset ${LOOKED_AT_ONCE - 1} limit 1`,
    [...ofAge, ...partsOfKey(after)],
  );
  const upToEnd = end ? `and (e.created_at, e.id) <= ${key(after ? 8 : 6)}` : "";
  const due = await select<DueEntitlement>(
    db,
    `select * from (
       select e.id, e.created_at::text as "createdAt", ${DUE_CAUSE} as cause
       ${from} ${behind(6)} ${upToEnd} order by e.created_at, e.id
     ) due where cause is not null limit $5`,
    [...parameters, limit, ...partsOfKey(after), ...partsOfKey(end)],
  );
  const last = due.length === limit ? due.at(-1) : undefined;
  return { due, next: last ? { value: last.createdAt, id: last.id } : end };
}
