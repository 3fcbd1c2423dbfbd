import { Not, type EntityManager } from "typeorm";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { CourseEntitlement } from "../../entities/course-entitlement";
import { CourseRun } from "../../entities/course-run";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { sessionOfRun } from "../../reads/sessions";
import { ENGLISH } from "../../messages/english";
import { Refusal } from "../../refusal";
import { isExpiryDue, redeemBlocker } from "../../rules/entitlement-rules";
import { runBlocker, type RunBlocker } from "../../rules/run-rules";
import { seatBlocker } from "../../rules/session-rules";
import type { CommandRequest } from "../command";
import { save, type LockedEntitlement } from "../locked-entitlement";
import { firstRedemption } from "./past-redemptions";

const RUN_FIELD = { field: "courseRunKey" };

/** The fields of an entitlement that redeeming changes. */
export interface Redeemed {
  enrollmentId: string;
  /** When the entitlement was first redeemed for the run; null when an import does not say it. */
  redeemedAt: Date | null;
}

/** Redeems a locked entitlement for a run, or throws the refusal. */
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
  if (blocker) throw new Refusal("ENTITLEMENT_NOT_REDEEMABLE", ENGLISH.redeem[blocker], { blocker });
  return save(tx, request, entitlement, await enroll(tx, request, entitlement, courseRunKey));
}

/**
 * Enrolls the learner of a locked entitlement in a run, in the entitlement's mode, and returns what that changes of the
 * entitlement. A free enrollment is upgraded; an enrollment that the learner holds by other means is refused, so that
 * the entitlement is not redeemed for nothing. An agent may have overridden reasons against the run.
 */
export async function enroll(
  tx: EntityManager,
  { now }: CommandRequest,
  entitlement: LockedEntitlement,
  courseRunKey: string,
  overridden: readonly string[] = [],
): Promise<Redeemed> {
  const { facts } = entitlement;
  // All enrollments in a run wait here for each other, so that the last place is given once and each enrollment belongs
  // to one entitlement.
  await tx.findOne(CourseRun, { where: { key: courseRunKey }, lock: { mode: "for_no_key_update" } });
  const session = await sessionOfRun(tx, facts.userId, courseRunKey);
  if (session && session.run.courseUuid !== facts.courseUuid)
    throw new Refusal("COURSE_RUN_NOT_IN_COURSE", "This run belongs to another course.", RUN_FIELD);
  const seat = session?.enrollment ?? null;
  if (seatBlocker(entitlement, seat))
    throw new Refusal(
      "ALREADY_ENROLLED_IN_PAID_MODE",
      "The learner is already enrolled in this run in a mode that this entitlement has not paid for, or through another entitlement.",
      RUN_FIELD,
    );
  const blocker = runBlocker(session, facts.mode, seat, now, overridden);
  if (blocker) throw unavailable(blocker);
  const enrollment =
    (await tx.findOneBy(CourseEnrollment, { userId: facts.userId, courseRunKey })) ??
    tx.create(CourseEnrollment, { userId: facts.userId, courseRunKey, createdAt: now, isActive: false });
  if (seat) await unlinkOthers(tx, now, enrollment.id, facts.id);
  const { id } = await tx.save(Object.assign(enrollment, { isActive: true, mode: facts.mode }));
  // Leaving a run and returning to it does not restart the regain period.
  const first = await firstRedemption(tx, facts.id, id);
  return { enrollmentId: id, redeemedAt: first === undefined ? now : first };
}

/** Ends the links of other entitlements to an enrollment that the learner had left: they are not redeemed for it. */
async function unlinkOthers(
  tx: EntityManager,
  now: Date,
  enrollmentId: string,
  entitlementId: string,
): Promise<void> {
  const others = await tx.find(CourseEntitlement, {
    where: { enrollmentId, id: Not(entitlementId) },
    order: { id: "ASC" },
    lock: { mode: "for_no_key_update" },
  });
  await tx.save(
    others.map((other) =>
      Object.assign(other, { enrollmentId: null, redeemedAt: null, modifiedAt: now } as const),
    ),
  );
}

function unavailable(blocker: RunBlocker): Refusal {
  return new Refusal("COURSE_RUN_NOT_AVAILABLE", ENGLISH.session[blocker], { ...RUN_FIELD, blocker });
}
