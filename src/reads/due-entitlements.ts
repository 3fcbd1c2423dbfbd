import type { EntityManager } from "typeorm";
import { BLOCKING_CERTIFICATES, type Periods } from "../rules/entitlement-rules";
import { PENDING_REFUND_STATES } from "../rules/refund-rules";
import { select, type Database } from "../store/statement";
import { writeSet } from "../history/write-set";
import { CourseEntitlement } from "../entities/course-entitlement";
import type { Key } from "../store/page";

/** Why an entitlement that is stored as unexpired is due: the period since its creation, or what ends a redemption. */
export type DueCause = "EXPIRATION_PERIOD_OVER" | "CERTIFICATE_EARNED" | "REGAIN_PERIOD_OVER";

/** Unused ones are narrowed by their age; of the redeemed, few stay unexpired for long. Each has an index of its own. */
const UNEXPIRED = {
  UNUSED: `e.enrollment_id is null and e.created_at < $1::timestamptz
    - least($2::interval, (select min(expiration_period) from course_entitlement_policy))`,
  REDEEMED: "e.enrollment_id is not null",
} as const;
export type DueScope = keyof typeof UNEXPIRED;

/**
 * `isExpiryDue` of the rules, for a statement that has an unexpired entitlement as `e`: null when it is not due, or
 * frozen because its order may be paid back at any moment.
 * Differences of instants are compared, as they have no time zone and no limit. The regain period is over once its
 * whole days and one more have passed. As a subquery it looks facts up by key, whatever the planner thinks of tables.
 */
const DUE_CAUSE = `(
  select case
    when exists (
      select from refund f
      where f.entitlement_id = e.id and f.state in ('REQUESTED', 'IN_DOUBT', 'NEEDS_REVIEW')
    ) then null
    when $1::timestamptz - e.created_at > coalesce(p.expiration_period, $2::interval)
      then 'EXPIRATION_PERIOD_OVER'
    when e.enrollment_id is null then null
    when c.status = any($4) then 'CERTIFICATE_EARNED'
    when $1::timestamptz - greatest(e.created_at, e.redeemed_at, n.created_at, r.starts_at)
      >= date_trunc('day', justify_hours(coalesce(p.regain_period, $3::interval))) + interval '1 day'
      then 'REGAIN_PERIOD_OVER'
    end
  from (select) facts
  left join course_entitlement_policy p on p.id = e.policy_id
  left join course_enrollment n on n.id = e.enrollment_id
  left join course_run r on r.key = n.course_run_key
  left join certificate c on c.user_id = n.user_id and c.course_run_key = n.course_run_key)`;

/** An entitlement whose order may be paid back at any moment is left alone. */
const NO_REFUND_PENDING = (id: string) =>
  `not exists (select from refund f where f.entitlement_id = ${id}
    and f.state in (${PENDING_REFUND_STATES.map((state) => `'${state}'`).join(", ")}))`;

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
     ) due where cause is not null and ${NO_REFUND_PENDING("due.id")} limit $5`,
    [...facts(defaultPeriods, now), limit, ...(after ? [after.value, after.id] : [])],
  );
}

/**
 * Expires those that are still due, and returns their ids. What somebody else has locked is left alone, so that it
 * never waits; the rest is judged once more when it can no longer change.
 */
export async function expireDue(
  tx: EntityManager,
  ids: readonly string[],
  defaultPeriods: Periods,
  now: Date,
): Promise<string[]> {
  const locked = await select<{ id: string }>(
    tx,
    "select id from course_entitlement where id = any($1) for no key update skip locked",
    [ids],
  );
  return writeSet(
    tx,
    CourseEntitlement,
    `update course_entitlement e set expired_at = $1, expiry_cause = 'LAPSED', modified_at = $1
     where e.id = any($5) and e.expired_at is null and ${DUE_CAUSE} is not null
       and ${NO_REFUND_PENDING("e.id")}
     returning e.*`,
    [...facts(defaultPeriods, now), locked.map(({ id }) => id)],
  );
}

/** The parameters of `DUE_CAUSE`. */
function facts({ expirationMs, regainMs }: Periods, now: Date): unknown[] {
  return [now, `${expirationMs} milliseconds`, `${regainMs} milliseconds`, [...BLOCKING_CERTIFICATES]];
}
