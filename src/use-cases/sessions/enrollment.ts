import type { EntityManager } from "typeorm";
import { CourseEnrollment } from "../../entities/course-enrollment";
import type { CourseEntitlement } from "../../entities/course-entitlement";
import type { CourseEntitlementSupportDetail } from "../../entities/course-entitlement-support-detail";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { isHeldByOther } from "../../reads/enrollments";
import { Refusal } from "../../refusal";
import { regainBlocker } from "../../rules/entitlement-rules";
import type { CommandRequest } from "../command";
import { lockEntitlement, save, type LockedEntitlement } from "../locked-entitlement";

/** Takes the learner of a locked entitlement out of its run, unless another entitlement is spent on it; the enrollment stays, inactive. */
export async function unenroll(tx: EntityManager, { facts, row }: LockedEntitlement): Promise<void> {
  const { enrollmentId } = row;
  if (enrollmentId === null || (await isHeldByOther(tx, enrollmentId, facts.id))) return;
  await tx.save(CourseEnrollment, { id: enrollmentId, isActive: false });
}

/** Refuses what would give back the right after the money has been. */
export function refuseRefunded({ facts }: LockedEntitlement): void {
  if (facts.expiryCause === "REFUNDED")
    throw new Refusal("ENTITLEMENT_REFUNDED", "The order of this entitlement has been refunded.");
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

/** The steps of leaving, as part of a transaction. */
export async function leave(
  tx: EntityManager,
  request: CommandRequest,
  entitlementId: string,
): Promise<EntitlementFacts> {
  const entitlement = await lockEntitlement(tx, request, entitlementId);
  if (!entitlement.facts.expiredAt && !entitlement.facts.enrollment) return entitlement.facts;
  refuseUnregainable(request, entitlement);
  return release(tx, request, entitlement, {});
}

/** Refuses what needs an entitlement that the learner could have back. */
export function refuseUnregainable({ now }: CommandRequest, { standing, periods }: LockedEntitlement): void {
  const blocker = regainBlocker(standing, periods, now);
  if (blocker === "EXPIRED") throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has expired.");
  if (blocker)
    throw new Refusal(
      "ENTITLEMENT_NOT_REGAINABLE",
      `The learner cannot leave or change the run: ${REGAIN_MESSAGES[blocker]}.`,
      {
        blocker,
      },
    );
}

const REGAIN_MESSAGES = {
  REFUND_PENDING: "a refund of the order is pending",
  NOT_REDEEMED: "the entitlement is not redeemed for a run",
  CERTIFICATE_EARNED: "the learner has a certificate for the run",
  REGAIN_PERIOD_OVER: "the period for changes is over",
} as const;
