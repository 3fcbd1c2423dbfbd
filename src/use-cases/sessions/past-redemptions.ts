import { select, type Database } from "../../store/statement";

/**
 * The instant at which an entitlement was first redeemed for an enrollment: null when an import does not say it, and
 * undefined when it never was.
 */
export async function firstRedemption(
  db: Database,
  entitlementId: string,
  enrollmentId: string,
): Promise<Date | null | undefined> {
  const [row] = await select<{ redeemedAt: Date | null }>(
    db,
    `select redeemed_at as "redeemedAt" from historical_course_entitlement
     where id = $1 and enrollment_id = $2 order by history_id limit 1`,
    [entitlementId, enrollmentId],
  );
  return row?.redeemedAt;
}

/** The modes in which an entitlement is or has been: the history keeps the modes before a change. */
export async function modesOf(db: Database, entitlementId: string): Promise<string[]> {
  const rows = await select<{ mode: string }>(
    db,
    "select distinct mode from historical_course_entitlement where id = $1",
    [entitlementId],
  );
  return rows.map(({ mode }) => mode);
}

/**
 * Whether an enrollment has ended after the entitlement was last redeemed for it. When it is active nevertheless, the
 * learner has enrolled again by other means.
 */
export async function wasEndedSince(
  db: Database,
  entitlementId: string,
  enrollmentId: string,
): Promise<boolean> {
  const [row] = await select<{ wasEnded: boolean }>(
    db,
    `with entries as (
       select history_date, history_id, enrollment_id is not distinct from $2 as "isOf"
       from historical_course_entitlement where id = $1
     ), redeemed as (
       select history_date, history_id from entries
       where (history_date, history_id) > all (select history_date, history_id from entries where not "isOf")
       order by history_date, history_id limit 1
     )
     select exists (
       select from historical_course_enrollment n join redeemed r
         on (n.history_date, n.history_id) > (r.history_date, r.history_id)
       where n.id = $2 and not n.is_active
     ) as "wasEnded"`,
    [entitlementId, enrollmentId],
  );
  return row!.wasEnded;
}
