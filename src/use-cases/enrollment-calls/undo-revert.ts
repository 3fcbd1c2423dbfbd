import { IsNull, Not, Or, type EntityManager } from "typeorm";
import type { CourseEntitlement } from "../../entities/course-entitlement";
import type { EnrollmentCall } from "../../entities/enrollment-call";
import { HistoricalCourseEntitlement } from "../../history/historical";
import { choosingIn } from "../../reads/decisions/choosing-in";
import { isExpired } from "../../rules/entitlement-state";
import { save, type LockedEntitlement } from "../locked-entitlement";
import type { Asking } from "./ask";

/**
 * Ends the link of an entitlement that a revert has redeemed for an enrollment which the LMS refuses. An expiry belongs to the
 * run that is not given: an entitlement that had not expired before the revert has not expired after it, nor can its order be
 * refunded if it could not before.
 */
export async function undoRevert(
  tx: EntityManager,
  asking: Asking,
  entitlement: LockedEntitlement,
  call: EnrollmentCall,
): Promise<void> {
  const kept = entitlement.row.expiredAt ? await keptRight(tx, asking, entitlement, call) : {};
  await save(tx, asking, entitlement, { enrollmentId: null, redeemedAt: null, ...kept });
}

async function keptRight(
  tx: EntityManager,
  { app }: Asking,
  { row, facts }: LockedEntitlement,
  { id: enrollmentId, createdAt }: EnrollmentCall,
): Promise<Partial<CourseEntitlement>> {
  const before = await tx.findOne(HistoricalCourseEntitlement, {
    where: { id: row.id, enrollmentId: Or(IsNull(), Not(enrollmentId)) },
    order: { history: { id: "DESC" } },
  });
  if (!before) return {};
  const { standing, periods } = await choosingIn(tx, facts, before, app.config);
  if (isExpired(standing, periods, createdAt)) return {};
  return { expiredAt: null, expiryCause: null, refundLocked: before.refundLocked || row.refundLocked };
}
