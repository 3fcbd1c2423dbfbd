import { isDeepStrictEqual } from "node:util";
import { Not, type EntityManager } from "typeorm";
import { support } from "../../auth/who";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { COURSE_ENTITLEMENT_FIELDS, CourseEntitlement } from "../../entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../entities/course-entitlement-policy";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { HistoricalCourseEntitlement } from "../../history/historical";
import { enrollmentsById } from "../../reads/enrollments";
import { choosingOf } from "../../reads/decisions/choosing";
import { policiesById } from "../../reads/policies";
import { isExpiryDue } from "../../rules/entitlement-rules";
import { seatBlocker } from "../../rules/session-rules";
import { namesOf } from "../../store/rows/fields";
import { Refusal } from "../../refusal";
import { recordRevokedMoney } from "../refunds/returned-money";
import { hasPaidFor, unenroll } from "../sessions/enrollment";
import { act, commandInSteps, type CommandRequest } from "../command";
import {
  lockAnyEntitlement,
  save,
  type EntitlementReference,
  type LockedEntitlement,
  refuseRefunded,
  refuseUseless,
} from "../locked-entitlement";
import { supportDetail } from "../support-detail";

export interface RevertEntitlement extends EntitlementReference {
  /** The history entry whose state to go back to. */
  historyEntryId: string;
  comments: string;
}

/** What is put back: all but the id and the stamps. */
export const REVERTED = namesOf(COURSE_ENTITLEMENT_FIELDS).filter(
  (name) => !["id", "stamp"].includes(COURSE_ENTITLEMENT_FIELDS[name].kind),
);

/** Puts an entitlement back to what an entry of its history left; reverting that again undoes it. */
export const revertEntitlement = commandInSteps(
  "revertEntitlement",
  support,
  (request, { historyEntryId, comments, ...reference }: RevertEntitlement): Promise<EntitlementFacts> =>
    // History names the entry as well.
    act({ ...request, command: `${request.command} ${historyEntryId}` }, async (tx) => {
      const entitlement = await lockAnyEntitlement(tx, request, reference);
      const { row } = entitlement;
      refuseRefunded(entitlement);
      const target = await stateOf(tx, row.id, historyEntryId);
      const isSame = REVERTED.every((name) => isDeepStrictEqual(row[name], target[name]));
      if (isSame) return entitlement.facts;
      await refuseClashes(tx, row.id, target);
      const changes = await lastingChanges(tx, request, entitlement, target);
      await recordRevokedMoney(tx, request, entitlement);
      if (row.enrollmentId !== target.enrollmentId) await unenroll(tx, entitlement);
      await reenroll(tx, entitlement, target);
      const detail = await supportDetail(tx, request, { entitlementId: row.id, action: "REVERT", comments });
      return save(tx, request, entitlement, changes, detail);
    }),
);

async function stateOf(tx: EntityManager, id: string, entryId: string): Promise<HistoricalCourseEntitlement> {
  const entry = await tx.findOneBy(HistoricalCourseEntitlement, { id, history: { id: entryId } });
  if (entry) return entry;
  throw new Refusal(
    "HISTORY_ENTRY_NOT_FOUND",
    "The history of this entitlement does not contain this entry.",
    {
      field: "historyEntryId",
    },
  );
}

/**
 * What going back to an earlier state changes, so that nothing of it is undone by the next sweep: a state that could not
 * be redeemed any more is refused, and one whose redemption is final by now has expired as well.
 */
async function lastingChanges(
  tx: EntityManager,
  { app, now }: CommandRequest,
  { row, facts }: LockedEntitlement,
  target: HistoricalCourseEntitlement,
): Promise<Partial<CourseEntitlement>> {
  const changes: Partial<CourseEntitlement> = Object.fromEntries(
    REVERTED.map((name) => [name, target[name]]),
  );
  const [enrollment = null] = target.enrollmentId ? await enrollmentsById(tx, [target.enrollmentId]) : [];
  const [policy = null] = target.policyId ? await policiesById(tx, [target.policyId]) : [];
  const active = enrollment && { ...enrollment, isActive: true };
  const reverted = choosingOf({ ...facts, ...changes, enrollment: active, policy }, app.config);
  refuseUseless(reverted, now, "historyEntryId");
  if (!isExpiryDue(reverted.standing, reverted.periods, now)) return changes;
  const isOnlyExpiry = REVERTED.every(
    (name) => ["expiredAt", "expiryCause"].includes(name) || isDeepStrictEqual(row[name], target[name]),
  );
  if (isOnlyExpiry) throw clash("its redemption is final by now, so that it would expire again at once");
  return { ...changes, expiredAt: now, expiryCause: "LAPSED" };
}

/** Takes the learner into the run of the earlier state again, unless the learner holds it by other means now. */
async function reenroll(
  tx: EntityManager,
  entitlement: LockedEntitlement,
  { enrollmentId, mode }: HistoricalCourseEntitlement,
): Promise<void> {
  const enrollment = enrollmentId && (await tx.findOneBy(CourseEnrollment, { id: enrollmentId }));
  if (!enrollment) return;
  const isOwn = entitlement.row.enrollmentId === enrollmentId;
  const redeemedBy = isOwn ? [{ id: entitlement.id, isRefundPending: false }] : []; // by nobody else: see refuseClashes
  const seat = { isActive: enrollment.isActive, mode: enrollment.mode, redeemedBy };
  if (seatBlocker(entitlement, seat))
    throw clash("the learner now holds a place in its run that this entitlement has not paid for");
  if (enrollment.isActive && isOwn && !(await hasPaidFor(tx, entitlement, enrollment.mode))) return;
  await tx.save(Object.assign(enrollment, { isActive: true, mode }));
}

/** Refuses, naming the clash, what somebody else has taken or removed since. */
async function refuseClashes(
  tx: EntityManager,
  id: string,
  target: HistoricalCourseEntitlement,
): Promise<void> {
  const { courseUuid, orderNumber, enrollmentId, policyId } = target;
  const others = { id: Not(id) };
  if (orderNumber !== null && (await tx.existsBy(CourseEntitlement, { ...others, courseUuid, orderNumber })))
    throw clash("its order number is now that of another entitlement");
  if (enrollmentId !== null) {
    if (!(await tx.existsBy(CourseEnrollment, { id: enrollmentId })))
      throw clash("its enrollment does not exist any more");
    if (await tx.existsBy(CourseEntitlement, { ...others, enrollmentId }))
      throw clash("its enrollment now belongs to another entitlement");
  }
  if (policyId !== null && !(await tx.existsBy(CourseEntitlementPolicy, { id: policyId })))
    throw clash("its policy does not exist any more");
}

function clash(reason: string): Refusal {
  return new Refusal("CONFLICT", `The entitlement cannot return to this state: ${reason}.`, {
    field: "historyEntryId",
  });
}
