import type { EntityManager } from "typeorm";
import { CourseEnrollment } from "../../entities/course-enrollment";
import type { HistoricalCourseEntitlement } from "../../history/historical";
import { seatBlocker } from "../../rules/session-rules";
import type { CommandRequest } from "../command";
import { ask } from "../enrollment-calls/ask";
import { endLink, type LockedEntitlement } from "../locked-entitlement";
import { changeableModesOf } from "./unenroll";

/**
 * Enrolls the learner of an entitlement again in the run for which it was redeemed in an earlier state. Returns false, and
 * changes nothing, when the learner is now enrolled there by other means.
 */
export async function reenroll(
  tx: EntityManager,
  request: CommandRequest,
  entitlement: LockedEntitlement,
  { enrollmentId, mode }: HistoricalCourseEntitlement,
): Promise<boolean> {
  const enrollment = enrollmentId && (await tx.findOneBy(CourseEnrollment, { id: enrollmentId }));
  if (!enrollment) return true;
  const isOwn = entitlement.row.enrollmentId === enrollmentId;
  const redeemedBy = isOwn ? [{ id: entitlement.id, isPending: false }] : []; // no other entitlement is
  const seat = { isActive: enrollment.isActive, mode: enrollment.mode, redeemedBy };
  if (seatBlocker(entitlement, seat)) return false;
  const isActive = isOwn && enrollment.isActive;
  const { freeModes } = entitlement;
  const changeableModes = isOwn ? await changeableModesOf(tx, entitlement) : [...freeModes];
  if (isActive && (enrollment.mode === mode || !changeableModes.includes(enrollment.mode))) return true;
  // What is free now becomes paid for by a new redemption, as what has ended does.
  const isHeld = isActive && !freeModes.includes(enrollment.mode);
  if (isOwn && !isHeld) await endLink(tx, request, entitlement);
  const { id } = await tx.save(Object.assign(enrollment, { isActive: true, mode }));
  const wish = { id, mode, changeableModes, mayEnroll: !isHeld };
  await ask(tx, request, { ...wish, entitlementId: entitlement.id });
  return true;
}
