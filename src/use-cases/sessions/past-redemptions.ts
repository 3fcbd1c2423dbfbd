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
