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
    // Entries of an import bear the dates of the LMS, which does not tell since when an enrollment is what it is: the order
    // in which they were recorded counts.
    `select exists (
       select from historical_course_enrollment where id = $2 and not is_active and history_id > (
         select min(history_id) from historical_course_entitlement where id = $1 and history_id > coalesce((
           select max(history_id) from historical_course_entitlement
           where id = $1 and enrollment_id is distinct from $2), 0))
     ) as "wasEnded"`,
    [entitlementId, enrollmentId],
  );
  return row!.wasEnded;
}
