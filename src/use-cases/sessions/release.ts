import type { EntityManager } from "typeorm";
import type { CourseEntitlement } from "../../entities/course-entitlement";
import type { CourseEntitlementSupportDetail } from "../../entities/course-entitlement-support-detail";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { ENGLISH } from "../../messages/english";
import { Refusal } from "../../refusal";
import { regainBlocker } from "../../rules/entitlement-rules";
import type { CommandRequest } from "../command";
import { ask, type Asking } from "../enrollment-calls/ask";
import { lockEntitlement, save, type LockedEntitlement, type OwnReference } from "../locked-entitlement";
import { unenroll } from "./unenroll";

const FIELD = { field: "entitlementId" };

/** Takes the learner of a locked entitlement out of its run, if any, and stores that together with other changes. */
export async function release(
  tx: EntityManager,
  asking: Asking,
  entitlement: LockedEntitlement,
  changes: Partial<CourseEntitlement>,
  detail?: CourseEntitlementSupportDetail,
  leave = unenroll,
): Promise<EntitlementFacts> {
  await leave(tx, asking, entitlement);
  await stopWaiting(tx, asking, entitlement);
  const released = { enrollmentId: null, redeemedAt: null, pendingEnrollmentId: null };
  return save(tx, asking, entitlement, { ...changes, ...released }, detail);
}

/**
 * Has the enrollment ended for which a locked entitlement waits, if any: the LMS may have enrolled the learner already, or may
 * yet. That the entitlement no longer waits is for the caller to store.
 */
export async function stopWaiting(
  tx: EntityManager,
  asking: Asking,
  { row, facts }: LockedEntitlement,
): Promise<void> {
  if (row.pendingEnrollmentId === null) return;
  const ended = { mode: null, changeableModes: [facts.mode], mayEnroll: false };
  await ask(tx, asking, { id: row.pendingEnrollmentId, entitlementId: facts.id, ...ended });
}

/** What a refund does to its entitlement: the learner leaves the run, and it expires. */
export function takeBack(
  tx: EntityManager,
  asking: Asking,
  entitlement: LockedEntitlement,
): Promise<EntitlementFacts> {
  const expiredAt = entitlement.row.expiredAt ?? asking.now;
  return release(tx, asking, entitlement, { expiredAt, expiryCause: "REFUNDED" });
}

/** The steps of leaving, as part of a transaction. */
export async function leave(
  tx: EntityManager,
  request: CommandRequest,
  reference: OwnReference,
): Promise<EntitlementFacts> {
  const entitlement = await lockEntitlement(tx, request, reference);
  const { facts, standing } = entitlement;
  if (!facts.expiredAt && !facts.enrollment && !standing.isEnrollmentPending) return facts;
  // The enrollment was ended elsewhere: only the link to it is left to end.
  if (facts.expiredAt || standing.redemption || standing.isEnrollmentPending)
    refuseUnregainable(request, entitlement);
  return release(tx, request, entitlement, {});
}

/** Refuses commands that need a run which the learner can still leave. */
export function refuseUnregainable({ now }: CommandRequest, { standing, periods }: LockedEntitlement): void {
  const blocker = regainBlocker(standing, periods, now);
  if (blocker === "EXPIRED") throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has expired.", FIELD);
  if (blocker)
    throw new Refusal("ENTITLEMENT_NOT_REGAINABLE", ENGLISH.regain[blocker], { ...FIELD, blocker });
}
