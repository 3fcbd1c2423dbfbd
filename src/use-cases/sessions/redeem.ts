import type { EntityManager } from "typeorm";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { CourseRun } from "../../entities/course-run";
import { isHeldByOther } from "../../reads/enrollments";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { sessionOfRun, type SessionFacts } from "../../reads/sessions";
import { Refusal } from "../../refusal";
import { isExpiryDue, redeemBlocker } from "../../rules/entitlement-rules";
import { runBlocker } from "../../rules/run-rules";
import type { CommandRequest } from "../command";
import { save, type LockedEntitlement } from "../locked-entitlement";

const RUN_FIELD = { field: "courseRunKey" };

/** Whether the learner is already in this run by this entitlement. */
export function isCurrentSession({ facts }: LockedEntitlement, courseRunKey: string): boolean {
  return (
    facts.enrollment !== null && facts.enrollment.isActive && facts.enrollment.courseRunKey === courseRunKey
  );
}

/** Spends a locked entitlement on a run, or throws the refusal. */
export async function redeem(
  tx: EntityManager,
  request: CommandRequest,
  entitlement: LockedEntitlement,
  courseRunKey: string,
): Promise<EntitlementFacts> {
  const { standing, periods } = entitlement;
  const blocker = redeemBlocker(standing, periods, request.now);
  if (blocker === "EXPIRED" || isExpiryDue(standing, periods, request.now))
    throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has expired.");
  if (blocker)
    throw new Refusal(
      "ENTITLEMENT_NOT_REDEEMABLE",
      `This entitlement cannot be redeemed: ${REDEEM_MESSAGES[blocker]}.`,
      {
        blocker,
      },
    );
  const enrollmentId = await enroll(tx, request, entitlement, courseRunKey);
  return save(tx, request, entitlement, { enrollmentId, redeemedAt: request.now });
}

const REDEEM_MESSAGES = {
  REFUND_PENDING: "a refund of its order is pending",
  ALREADY_REDEEMED: "it is redeemed already; switch the session instead",
  EXPIRATION_PERIOD_OVER: "its expiration period is over",
} as const;

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
    throw new Refusal(
      "ALREADY_ENROLLED_IN_PAID_MODE",
      "The learner is already enrolled in this run in a paid mode, or through another entitlement.",
      RUN_FIELD,
    );
  const { id } = await tx.save(Object.assign(enrollment, { isActive: true, mode: facts.mode }));
  return id;
}

function refuseUnavailable(session: SessionFacts | null, courseUuid: string, mode: string, now: Date): void {
  if (session && session.run.courseUuid !== courseUuid)
    throw new Refusal("COURSE_RUN_NOT_IN_COURSE", "This run belongs to another course.", RUN_FIELD);
  const blocker = runBlocker(session, mode, session?.enrollment ?? null, now);
  if (blocker)
    throw new Refusal("COURSE_RUN_NOT_AVAILABLE", `This run is not available: ${RUN_MESSAGES[blocker]}.`, {
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
  return isHeldByOther(tx, enrollment.id, id);
}

const RUN_MESSAGES = {
  RUN_UNKNOWN: "the catalog does not have the run",
  NO_START_DATE: "the run has no start date",
  MODE_NOT_OFFERED: "the run is not offered in the mode of the entitlement",
  UPGRADE_DEADLINE_PASSED: "the upgrade deadline has passed",
  ENROLLMENT_NOT_OPEN: "enrollment has not opened yet",
  ENROLLMENT_CLOSED: "enrollment is closed",
  COURSE_FULL: "the run is full",
} as const;
