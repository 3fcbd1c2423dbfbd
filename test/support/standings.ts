import type { EntityManager } from "typeorm";
import type { Periods, Standing } from "../../src/rules/entitlement-rules";

/** An entitlement to be stored, and the periods of its policy, if it has one. */
export interface Stored {
  standing: Standing;
  periods: Periods | null;
  /** Whether the enrollment for which it was redeemed was ended elsewhere; false by default. */
  isLeft?: boolean;
}

/** The id of the entitlement that is stored for the row of an index. */
export function idOf(index: number): string {
  return `00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;
}

/** Stores each row as an entitlement with a learner, run, enrollment, certificate and policy of its own. */
export async function insertStandings(tx: EntityManager, rows: readonly Stored[]): Promise<void> {
  const facts = rows.map(({ standing, periods, isLeft = false }, index) => ({
    index,
    id: idOf(index),
    ...standing,
    ...standing.redemption,
    ...periods,
    is_left: isLeft,
    is_redeemed: standing.redemption !== null,
    has_policy: periods !== null,
  }));
  const each = `with f as materialized (select * from jsonb_to_recordset($1::jsonb) f (index bigint, id uuid,
    "createdAt" timestamptz, "renewedAt" timestamptz, "expiredAt" timestamptz, "expiryCause" text, "redeemedAt" timestamptz,
    "orderNumber" text, "refundLocked" boolean, "enrolledAt" timestamptz, "startsAt" timestamptz, "certificateStatus" text, is_redeemed boolean, is_left boolean,
    "refundState" text, has_policy boolean, "expirationMs" float8, "refundMs" float8, "regainMs" float8))`;
  const inserts = [
    "insert into user_account (id, username) select index, index from f",
    'insert into course_run (key, starts_at) select index, "startsAt" from f where "startsAt" is not null',
    `insert into course_enrollment (id, user_id, course_run_key, is_active, created_at)
       select id, index, index, not is_left, "enrolledAt" from f where is_redeemed`,
    `insert into certificate (user_id, course_run_key, status)
       select index, index, "certificateStatus" from f where "certificateStatus" is not null`,
    // Retired ones, as any number of them may be for the same site and mode.
    `insert into course_entitlement_policy (id, expiration_period, refund_period, regain_period, retired_at)
       select id, "expirationMs" * interval '1 ms', "refundMs" * interval '1 ms', "regainMs" * interval '1 ms', now()
       from f where has_policy`,
    `insert into course_entitlement (id, user_id, course_uuid, mode, order_number, refund_locked, renewed_at, expired_at, expiry_cause,
         redeemed_at, policy_id, enrollment_id, created_at, modified_at)
       select id, index, gen_random_uuid(), 'verified', "orderNumber", "refundLocked", "renewedAt", "expiredAt", "expiryCause", "redeemedAt",
         case when has_policy then id end, case when is_redeemed then id end, "createdAt", "createdAt" from f`,
    `insert into refund (entitlement_id, order_number, state, next_attempt_at, created_at, modified_at)
       select id, 'EDX-1', "refundState", case when "refundState" in ('REQUESTED', 'IN_DOUBT') then now() end, now(), now()
       from f where "refundState" is not null`,
  ];
  for (const insert of inserts) await tx.query(`${each} ${insert}`, [JSON.stringify(facts)]);
}
