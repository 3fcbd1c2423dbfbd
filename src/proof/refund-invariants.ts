import type { DataSource } from "typeorm";

/** An entitlement that violates an invariant of refunds. */
export interface Violation {
  /** The name of the promise that is broken. */
  invariant: string;
  entitlementId: string;
  /** What was found, in words. */
  detail: string;
}

/** Facts from outside the database. */
export interface Outside {
  /** The number of refunds of each entitlement in the ledger of the shop; null when the ledger cannot be read. */
  paid: ReadonlyMap<string, number> | null;
  /** The age in milliseconds after which a refund should have succeeded or failed. */
  settlesWithinMs: number;
}

/** The history entries at which each refund began and ended; `done` is the transaction that expired the entitlement. */
const LIVES = `lives as (
  select f.id, f.entitlement_id, f.state, f.created_at,
    (select min(h.history_id) from historical_refund h where h.id = f.id) as began,
    (select min(h.history_id) from historical_refund h
     where h.id = f.id and h.state in ('SUCCEEDED', 'FAILED')) as ended,
    (select h.history_txid from historical_refund h
     where h.id = f.id and h.state = 'SUCCEEDED' order by h.history_id limit 1) as done,
    (select h.history_change_reason from historical_refund h
     where h.id = f.id and h.state = 'SUCCEEDED' order by h.history_id limit 1) as reason
  from refund f),
paid as (select * from unnest($1::uuid[], $2::int[]) p(entitlement_id, times))`;

const SETTLING = "('unenrollAndRefund', 'sweepRefunds', 'resolveRefund')";

/** For each invariant a select of the `entitlement_id` and `detail` of its violations. $3: whether a ledger was read. */
const INVARIANTS: Record<string, string> = {
  "I1 at most one refund": `
    select entitlement_id, 'refunded ' || times || ' times by the shop' as detail from paid where times > 1
    union all select entitlement_id, count(*) || ' live refunds' from refund
    where state <> 'FAILED' group by entitlement_id having count(*) > 1`,
  "I2 expired by refund, so the refund exists": `
    select h.id, 'expired in transaction ' || h.history_txid || ' without a refund'
    from historical_course_entitlement h
    where h.expiry_cause = 'REFUNDED' and h.history_change_reason in ${SETTLING}
      and not exists (select from historical_refund f
        where f.entitlement_id = h.id and f.history_txid = h.history_txid and f.state = 'SUCCEEDED')
    union all select entitlement_id, 'the shop knows of no refund' from lives l
    where $3 and state = 'SUCCEEDED' and reason in ('unenrollAndRefund', 'sweepRefunds')
      and not exists (select from paid p where p.entitlement_id = l.entitlement_id)`,
  "I3 the refund exists, so the entitlement is expired and not redeemed": `
    select p.entitlement_id, 'refunded by the shop, but not expired' from paid p
    join course_entitlement e on e.id = p.entitlement_id
    where not exists (select from lives l where l.entitlement_id = p.entitlement_id
      and (l.state in ('SUCCEEDED', 'NEEDS_REVIEW')
        or l.state in ('REQUESTED', 'IN_DOUBT') and l.created_at > now() - $4 * interval '1 ms'))
    union all select entitlement_id, 'the refund succeeded, but did not expire the entitlement'
    from lives l where done is not null and reason in ${SETTLING} and not exists (
      select from historical_course_entitlement h
      where h.id = l.entitlement_id and h.history_txid = l.done
        and h.expired_at is not null and h.expiry_cause = 'REFUNDED' and h.enrollment_id is null)`,
  "I4 nothing stays in doubt": `
    select entitlement_id, state || ' since ' || created_at from lives
    where state in ('REQUESTED', 'IN_DOUBT') and created_at < now() - $4 * interval '1 ms'`,
  "I6 a failed refund changes nothing; I8 nothing changes while a refund is pending": `
    select l.entitlement_id, 'history entry ' || h.history_id || ' (' || h.history_change_reason || ') while '
      || l.state
    from lives l join historical_course_entitlement h on h.id = l.entitlement_id
    where h.history_id > l.began and (l.ended is null or h.history_id < l.ended)
      and h.history_txid is distinct from l.done and h.history_type <> '-'`,
  "I7 every row equals its newest history entry, which names author, operation and request": `
    select f.entitlement_id, 'the refund differs from its history' from refund f
    where to_jsonb(f) is distinct from (
      select to_jsonb(h) - array['history_id', 'history_date', 'history_type', 'history_change_reason',
        'history_user_id', 'history_user_label', 'history_source', 'history_request_id', 'history_txid',
        'history_role', 'history_claimed_label', 'history_user_role']
      from historical_refund h where h.id = f.id order by h.history_id desc limit 1)
    union all select e.id, 'the entitlement differs from its history' from course_entitlement e
    where e.id in (select entitlement_id from refund) and to_jsonb(e) is distinct from (
      select to_jsonb(h) - array['history_id', 'history_date', 'history_type', 'history_change_reason',
        'history_user_id', 'history_user_label', 'history_source', 'history_request_id', 'history_txid',
        'history_role', 'history_claimed_label', 'history_user_role']
      from historical_course_entitlement h where h.id = e.id order by h.history_id desc limit 1)
    union all select entitlement_id, 'history entry ' || history_id || ' names no author, operation or request' from historical_refund
    where history_type <> '-' and (history_user_label = '' or history_change_reason = ''
      or history_source in ('API', 'JOB') and history_request_id is null or history_source = 'DATABASE'
        and history_change_reason <> 'startOfHistory')`,
  "I9 an enrollment is active as long as an entitlement is redeemed for it": `
    select e.id, 'redeemed for an enrollment that is not active' from course_entitlement e
    join course_enrollment n on n.id = e.enrollment_id
    where not n.is_active and e.id in (select entitlement_id from refund)
    union all select l.entitlement_id, 'the enrollment is still active' from lives l
    join course_entitlement e on e.id = l.entitlement_id
    cross join lateral (select h.history_id, h.enrollment_id from historical_course_entitlement h
      where h.id = l.entitlement_id and h.history_id < l.ended and h.history_txid <> l.done
      order by h.history_id desc limit 1) latest
    join course_enrollment n on n.id = latest.enrollment_id and n.is_active and n.mode = e.mode
    where l.done is not null
      and not exists (select from course_entitlement other where other.enrollment_id = n.id)
      -- The learner may have enrolled again by other means, also before enrollments had history.
      and exists (select from historical_course_enrollment h where h.id = n.id and h.history_id < l.ended)
      and not exists (select from historical_course_enrollment h
        where h.id = n.id and not (h.is_active and h.mode = e.mode) and h.history_id > coalesce((
          select max(o.history_id) from historical_course_entitlement o where o.id = l.entitlement_id
            and o.history_id < latest.history_id and o.enrollment_id is distinct from n.id), 0))`,
  "I10 final states never change": `
    select h.entitlement_id, h.state || ' became ' || later.state from historical_refund h
    join historical_refund later on later.id = h.id and later.history_id > h.history_id
    where h.state in ('SUCCEEDED', 'FAILED') and later.state <> h.state`,
};

/** Every violation of an invariant of refunds, found in the database and in the ledger of the shop. Reads only. */
export async function refundViolations(db: DataSource, outside: Outside): Promise<Violation[]> {
  const paid = [...(outside.paid ?? [])];
  const values = [
    paid.map(([id]) => id),
    paid.map(([, times]) => times),
    outside.paid !== null,
    outside.settlesWithinMs,
  ];
  const found: Violation[] = [];
  for (const [invariant, sql] of Object.entries(INVARIANTS)) {
    // Every statement is given all parameters, so `given` uses those that the invariant does not need.
    const rows = await db.query<{ entitlement_id: string; detail: string }[]>(
      `with ${LIVES}, given as (select $3::boolean, $4::float8) select * from (${sql}) broken (entitlement_id, detail)`,
      values,
    );
    for (const { entitlement_id: entitlementId, detail } of rows)
      found.push({ invariant, entitlementId, detail });
  }
  return found;
}

/** The number of refunds of each entitlement in the ledger of the embedded shop. */
export async function embeddedLedger(db: DataSource): Promise<Map<string, number>> {
  const rows = await db.query<{ id: string; times: number }[]>(
    `select entitlement_id as id, count(*)::int as times from embedded_shop_refund
     where reference is not null group by entitlement_id`,
  );
  return new Map(rows.map(({ id, times }) => [id, times]));
}
