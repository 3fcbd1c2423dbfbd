import { Not, type EntityManager } from "typeorm";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { CourseEntitlement } from "../../entities/course-entitlement";
import type { CourseEntitlementSupportDetail } from "../../entities/course-entitlement-support-detail";
import { CourseRun } from "../../entities/course-run";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { sessionOfRun, type SessionFacts } from "../../reads/sessions";
import { runBlocker } from "../../rules/run-rules";
import { Refusal } from "../../refusal";
import type { CommandRequest } from "../command";
import { save, type LockedEntitlement } from "../locked-entitlement";

const RUN_FIELD = { field: "courseRunKey" };

/**
 * Enrolls the learner of a locked entitlement in a run, in its mode, and returns the enrollment's id: upgrades a free
 * enrollment, takes over one in the same mode, and refuses what would spend the entitlement for nothing.
 */
export async function enroll(
  tx: EntityManager,
  { now }: CommandRequest,
  { facts }: LockedEntitlement,
  courseRunKey: string,
): Promise<string> {
  // Whoever enrolls in a run with limited places waits here, so that the last place is given once.
  await tx.findOne(CourseRun, { where: { key: courseRunKey }, lock: { mode: "for_no_key_update" } });
  const session = await sessionOfRun(tx, facts.userId, courseRunKey);
  refuseUnavailable(session, facts.courseUuid, facts.mode, now);
  const enrollment =
    (await tx.findOneBy(CourseEnrollment, { userId: facts.userId, courseRunKey })) ??
    tx.create(CourseEnrollment, { userId: facts.userId, courseRunKey, createdAt: now, isActive: false });
  if (enrollment.isActive && (await isHeldByOtherMeans(tx, session!, enrollment, facts, now)))
    throw new Refusal("ALREADY_ENROLLED_IN_PAID_MODE", "This run is already held by other means.", RUN_FIELD);
  const { id } = await tx.save(Object.assign(enrollment, { isActive: true, mode: facts.mode }));
  return id;
}

/** Takes the learner of a locked entitlement out of its run, unless another entitlement is spent on it; the enrollment stays, inactive. */
export async function unenroll(tx: EntityManager, { facts, row }: LockedEntitlement): Promise<void> {
  const { enrollmentId } = row;
  if (enrollmentId === null || (await isSpentOn(tx, enrollmentId, facts.id))) return;
  await tx.save(CourseEnrollment, { id: enrollmentId, isActive: false });
}

/** Refuses what would give back the right after the money has been. */
export function refuseRefunded({ facts }: LockedEntitlement): void {
  if (facts.expiryCause === "REFUNDED")
    throw new Refusal("ENTITLEMENT_REFUNDED", "The order of this entitlement has been paid back.");
}

/** Takes the learner of a locked entitlement out of its run, if any, and writes that with other changes. */
export async function release(
  tx: EntityManager,
  request: Pick<CommandRequest, "now">,
  entitlement: LockedEntitlement,
  changes: Partial<CourseEntitlement>,
  detail?: CourseEntitlementSupportDetail,
): Promise<EntitlementFacts> {
  await unenroll(tx, entitlement);
  return save(tx, request, entitlement, { ...changes, enrollmentId: null, redeemedAt: null }, detail);
}

function refuseUnavailable(session: SessionFacts | null, courseUuid: string, mode: string, now: Date): void {
  if (session && session.run.courseUuid !== courseUuid)
    throw new Refusal("COURSE_RUN_NOT_IN_COURSE", "This run belongs to another course.", RUN_FIELD);
  const blocker = runBlocker(session, mode, session?.enrollment ?? null, now);
  if (blocker)
    throw new Refusal("COURSE_RUN_NOT_AVAILABLE", `This run cannot be taken now: ${RUN_MESSAGES[blocker]}.`, {
      ...RUN_FIELD,
      blocker,
    });
}

/** Whether the learner is in a run already that the entitlement would be well spent on. */
export async function isUpgradeable(
  tx: EntityManager,
  { now }: CommandRequest,
  facts: EntitlementFacts,
  session: SessionFacts,
): Promise<boolean> {
  if (!session.enrollment?.isActive || runBlocker(session, facts.mode, session.enrollment, now)) return false;
  const key = { userId: facts.userId, courseRunKey: session.run.key };
  const enrollment = await tx.findOneBy(CourseEnrollment, key);
  return enrollment !== null && !(await isHeldByOtherMeans(tx, session, enrollment, facts, now));
}

/** Whether an active enrollment is paid for otherwise: in another paid mode, or by another entitlement. */
async function isHeldByOtherMeans(
  tx: EntityManager,
  session: SessionFacts,
  enrollment: CourseEnrollment,
  { id, mode }: EntitlementFacts,
  now: Date,
): Promise<boolean> {
  const isPaid = session.modes.some(
    ({ slug, minPrice, expiresAt }) =>
      slug === enrollment.mode && minPrice > 0 && (!expiresAt || expiresAt >= now),
  );
  if (isPaid && enrollment.mode !== mode) return true;
  return isSpentOn(tx, enrollment.id, id);
}

/** Whether another entitlement than this one is spent on an enrollment. */
function isSpentOn(tx: EntityManager, enrollmentId: string, entitlementId: string): Promise<boolean> {
  return tx.existsBy(CourseEntitlement, { enrollmentId, id: Not(entitlementId) });
}

const RUN_MESSAGES = {
  RUN_UNKNOWN: "the catalog does not know it",
  NO_START_DATE: "it has no start date",
  MODE_NOT_OFFERED: "it is not offered in the entitlement's mode",
  UPGRADE_DEADLINE_PASSED: "the upgrade deadline has passed",
  ENROLLMENT_NOT_OPEN: "enrollment has not begun",
  ENROLLMENT_CLOSED: "enrollment has ended",
  COURSE_FULL: "all places are taken",
} as const;
