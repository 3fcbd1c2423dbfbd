import type { EntityManager } from "typeorm";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { isHeldByOther } from "../../reads/enrollments";
import { ask, type Asking } from "../enrollment-calls/ask";
import type { LockedEntitlement } from "../locked-entitlement";
import { modesPaidFor } from "./past-redemptions";

/**
 * Takes the learner of a locked entitlement out of its run; the enrollment stays, inactive. An enrollment that this
 * entitlement has not paid for stays active, unless it is free: one that another entitlement is redeemed for, whose mode
 * the learner has bought elsewhere since, or to which the learner has returned by other means after it ended or became free.
 */
export function unenroll(tx: EntityManager, asking: Asking, entitlement: LockedEntitlement): Promise<void> {
  return endEnrollment(tx, asking, entitlement, { isActive: false });
}

/** Moves the learner of a locked entitlement to the audit mode of its run, instead of ending the enrollment. */
export function keepAsAuditor(
  tx: EntityManager,
  asking: Asking,
  entitlement: LockedEntitlement,
): Promise<void> {
  return endEnrollment(tx, asking, entitlement, { mode: "audit" });
}

async function endEnrollment(
  tx: EntityManager,
  asking: Asking,
  entitlement: LockedEntitlement,
  ended: Pick<Partial<CourseEnrollment>, "isActive" | "mode">,
): Promise<void> {
  const { facts, row } = entitlement;
  if (row.enrollmentId === null || !facts.enrollment?.isActive) return;
  if (await isHeldByOther(tx, row.enrollmentId, facts.id)) return;
  const changeableModes = await changeableModesOf(tx, entitlement);
  if (!changeableModes.includes(facts.enrollment.mode)) return;
  const { id } = await tx.save(CourseEnrollment, { id: row.enrollmentId, ...ended });
  const wish = { id, mode: ended.mode ?? null, changeableModes, mayEnroll: false };
  await ask(tx, asking, { ...wish, entitlementId: facts.id });
}

/**
 * The modes in which the enrollment of an entitlement may be changed or ended: the free ones, and those in which the
 * entitlement pays for it. An enrollment that is free now is not paid for: one that the LMS has in a paid mode was bought.
 */
export async function changeableModesOf(
  tx: EntityManager,
  { facts, freeModes }: LockedEntitlement,
): Promise<string[]> {
  const { id, enrollment } = facts;
  const isFree = !enrollment || freeModes.includes(enrollment.mode);
  return [...freeModes, ...(isFree ? [] : await modesPaidFor(tx, id, enrollment.id))];
}
