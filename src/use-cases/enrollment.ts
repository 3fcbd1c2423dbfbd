import { Not, type EntityManager } from "typeorm";
import { CourseEnrollment } from "../entities/course-enrollment";
import { CourseEntitlement } from "../entities/course-entitlement";
import { CourseRun } from "../entities/course-run";
import { sessionOfRun, type SessionFacts } from "../entities/session-queries";
import { runBlocker } from "../policy/course-run-policy";
import { Refusal } from "../refusal";
import type { LockedEntitlement, Request } from "./request";

const RUN_FIELD = { field: "courseRunKey" };

/**
 * Enrolls the learner of a locked entitlement in a run, in its mode, and returns the enrollment's id: upgrades a free
 * enrollment, takes over one in the same mode, and refuses what would spend the entitlement for nothing.
 */
export async function enroll(
  tx: EntityManager,
  { now }: Request,
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
  if (enrollment.isActive) await refuseHeldRun(tx, session!, enrollment, facts.id, facts.mode, now);
  const { id } = await tx.save(Object.assign(enrollment, { isActive: true, mode: facts.mode }));
  return id;
}

/** Takes a learner out of a run; the enrollment stays, inactive. */
export async function unenroll(tx: EntityManager, enrollmentId: string | null): Promise<void> {
  if (enrollmentId !== null) await tx.save(CourseEnrollment, { id: enrollmentId, isActive: false });
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

async function refuseHeldRun(
  tx: EntityManager,
  session: SessionFacts,
  enrollment: CourseEnrollment,
  entitlementId: string,
  mode: string,
  now: Date,
): Promise<void> {
  const isPaid = session.modes.some(
    ({ slug, minPrice, expiresAt }) =>
      slug === enrollment.mode && minPrice > 0 && (!expiresAt || expiresAt >= now),
  );
  const otherHolders = await tx.countBy(CourseEntitlement, {
    enrollmentId: enrollment.id,
    id: Not(entitlementId),
  });
  if ((isPaid && enrollment.mode !== mode) || otherHolders > 0)
    throw new Refusal("ALREADY_ENROLLED_IN_PAID_MODE", "This run is already held by other means.", RUN_FIELD);
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
