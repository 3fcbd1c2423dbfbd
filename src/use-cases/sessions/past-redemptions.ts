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

/**
 * The modes in which an entitlement pays for an enrollment: those that it has had since it was last redeemed for it. None
 * when it is not redeemed for it, or when the enrollment has since ended or been in another mode: an enrollment that is
 * active in a paid mode nevertheless is one that the learner has got by other means.
 */
export async function modesPaidFor(
  db: Database,
  entitlementId: string,
  enrollmentId: string,
): Promise<string[]> {
  const rows = await select<{ mode: string }>(
    db,
    // Entries of an import bear the dates of the LMS, which does not tell since when an enrollment is what it is: the order
    // in which they were recorded counts.
    `with redeemed as materialized (
       select history_id, mode from historical_course_entitlement
       where id = $1 and history_id > coalesce((
         select max(history_id) from historical_course_entitlement
         where id = $1 and enrollment_id is distinct from $2), 0)
     )
     select distinct mode from redeemed where not exists (
       select from historical_course_enrollment
       where id = $2 and history_id > (select min(history_id) from redeemed)
         and not (is_active and mode in (select mode from redeemed)))`,
    [entitlementId, enrollmentId],
  );
  return rows.map(({ mode }) => mode);
}
