import type { EntityManager } from "typeorm";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { isHeldByOther } from "../../reads/enrollments";
import { ask, isAsked, type Asking, type Wish } from "../enrollment-calls/ask";
import type { LockedEntitlement } from "../locked-entitlement";
import { modesOf, wasEndedSince } from "./past-redemptions";

/**
 * Takes the learner of a locked entitlement out of its run; the enrollment stays, inactive. An enrollment that this
 * entitlement has not paid for stays active, unless it is free: one that another entitlement is redeemed for, whose mode
 * the learner has bought elsewhere since, or to which the learner has returned by other means.
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
  if (!(await hasPaidFor(tx, entitlement, facts.enrollment.mode))) return;
  const { id } = await tx.save(CourseEnrollment, { id: row.enrollmentId, ...ended });
  await askInOwnModes(tx, asking, entitlement, { id, mode: ended.mode ?? null, mayEnroll: false });
}

/** Asks the LMS to change or end an enrollment, unless its mode there is one that the entitlement has not paid for. */
export async function askInOwnModes(
  tx: EntityManager,
  asking: Asking,
  { facts, freeModes }: LockedEntitlement,
  wish: Pick<Wish, "id" | "mode" | "mayEnroll">,
): Promise<void> {
  if (!isAsked(asking)) return;
  const changeableModes = [...freeModes, ...(await modesOf(tx, facts.id))];
  await ask(tx, asking, { ...wish, changeableModes, entitlementId: facts.id });
}

/**
 * Whether the enrollment of an entitlement, in this mode, is free, or one that the entitlement pays for: in a mode that it
 * has or had, and active ever since it was redeemed for it.
 */
export async function hasPaidFor(
  tx: EntityManager,
  { facts, freeModes }: LockedEntitlement,
  mode: string,
): Promise<boolean> {
  if (freeModes.includes(mode)) return true;
  if (mode !== facts.mode && !(await modesOf(tx, facts.id)).includes(mode)) return false;
  return !(await wasEndedSince(tx, facts.id, facts.enrollment!.id));
}
