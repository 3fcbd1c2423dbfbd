import type { EntityManager } from "typeorm";
import { CourseEnrollment } from "../../entities/course-enrollment";
import type { CourseEntitlement } from "../../entities/course-entitlement";
import type { CourseEntitlementSupportDetail } from "../../entities/course-entitlement-support-detail";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { isHeldByOther } from "../../reads/enrollments";
import { ENGLISH } from "../../messages/english";
import { Refusal } from "../../refusal";
import { regainBlocker } from "../../rules/entitlement-rules";
import { hasBeenInMode } from "./past-redemptions";
import type { CommandRequest } from "../command";
import { lockEntitlement, save, type LockedEntitlement, type OwnReference } from "../locked-entitlement";

/**
 * Takes the learner of a locked entitlement out of its run; the enrollment stays, inactive. An enrollment that this
 * entitlement has not paid for stays active, unless it is free: one that another entitlement is redeemed for, or whose
 * mode the learner has bought elsewhere since.
 */
export function unenroll(tx: EntityManager, entitlement: LockedEntitlement): Promise<void> {
  return endEnrollment(tx, entitlement, { isActive: false });
}

/** Moves the learner of a locked entitlement to the audit mode of its run, instead of ending the enrollment. */
export function keepAsAuditor(tx: EntityManager, entitlement: LockedEntitlement): Promise<void> {
  return endEnrollment(tx, entitlement, { mode: "audit" });
}

async function endEnrollment(
  tx: EntityManager,
  entitlement: LockedEntitlement,
  ended: Partial<CourseEnrollment>,
): Promise<void> {
  const { facts, row } = entitlement;
  if (row.enrollmentId === null || !facts.enrollment?.isActive) return;
  if (await isHeldByOther(tx, row.enrollmentId, facts.id)) return;
  if (!(await hasPaidFor(tx, entitlement, facts.enrollment.mode))) return;
  await tx.save(CourseEnrollment, { id: row.enrollmentId, ...ended });
}

/** Whether an enrollment in this mode is free, or one that the entitlement pays for in a mode it has or had. */
export async function hasPaidFor(
  tx: EntityManager,
  { facts, freeModes }: LockedEntitlement,
  mode: string,
): Promise<boolean> {
  return mode === facts.mode || freeModes.includes(mode) || hasBeenInMode(tx, facts.id, mode);
}

/** Takes the learner of a locked entitlement out of its run, if any, and stores that together with other changes. */
export async function release(
  tx: EntityManager,
  request: Pick<CommandRequest, "now">,
  entitlement: LockedEntitlement,
  changes: Partial<CourseEntitlement>,
  detail?: CourseEntitlementSupportDetail,
  leave = unenroll,
): Promise<EntitlementFacts> {
  await leave(tx, entitlement);
  return save(tx, request, entitlement, { ...changes, enrollmentId: null, redeemedAt: null }, detail);
}

/** What a refund does to its entitlement: the learner leaves the run, and it expires. */
export function takeBack(
  tx: EntityManager,
  entitlement: LockedEntitlement,
  now: Date,
): Promise<EntitlementFacts> {
  const expiredAt = entitlement.row.expiredAt ?? now;
  return release(tx, { now }, entitlement, { expiredAt, expiryCause: "REFUNDED" });
}

/** The steps of leaving, as part of a transaction. */
export async function leave(
  tx: EntityManager,
  request: CommandRequest,
  reference: OwnReference,
): Promise<EntitlementFacts> {
  const entitlement = await lockEntitlement(tx, request, reference);
  const { facts, standing } = entitlement;
  if (!facts.expiredAt && !facts.enrollment) return facts;
  // The enrollment was ended elsewhere: only the link to it is left to end.
  if (facts.expiredAt || standing.redemption) refuseUnregainable(request, entitlement);
  return release(tx, request, entitlement, {});
}

/** Refuses commands that need a run which the learner can still leave. */
export function refuseUnregainable({ now }: CommandRequest, { standing, periods }: LockedEntitlement): void {
  const blocker = regainBlocker(standing, periods, now);
  if (blocker === "EXPIRED") throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has expired.");
  if (blocker) throw new Refusal("ENTITLEMENT_NOT_REGAINABLE", ENGLISH.regain[blocker], { blocker });
}
