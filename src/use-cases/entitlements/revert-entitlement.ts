import { isDeepStrictEqual } from "node:util";
import { Not, type EntityManager } from "typeorm";
import { support } from "../../auth/who";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { COURSE_ENTITLEMENT_FIELDS, CourseEntitlement } from "../../entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../entities/course-entitlement-policy";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { HistoricalCourseEntitlement } from "../../history/historical";
import { choosingIn } from "../../reads/decisions/choosing-in";
import { isExpiryDue } from "../../rules/entitlement-rules";
import { namesOf } from "../../store/rows/fields";
import { Refusal } from "../../refusal";
import { isRefundUnsure, recordRevokedMoney } from "../refunds/returned-money";
import { reenroll } from "../sessions/reenroll";
import { unenroll } from "../sessions/unenroll";
import { deciding, lookAtFormer } from "../lms/before-deciding";
import { reread } from "../enrollment-calls/reread";
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

/** The fields that are restored: all but the id, the timestamps and what is asked of the LMS. */
export const REVERTED = namesOf(COURSE_ENTITLEMENT_FIELDS).filter(
  (name) => !["id", "stamp"].includes(COURSE_ENTITLEMENT_FIELDS[name].kind) && name !== "pendingEnrollmentId",
);

/**
 * Restores the state of an entitlement that an entry of its history recorded. The revert can itself be reverted. Where the
 * LMS refuses to enroll the learner again, the entitlement is not redeemed; nor has it expired, if it had not before.
 */
export const revertEntitlement = commandInSteps(
  "revertEntitlement",
  support,
  async (request, input: RevertEntitlement): Promise<EntitlementFacts> => {
    // History names the entry as well.
    const named = { ...request, command: `${request.command} ${input.historyEntryId}` };
    return reread(request, await act(named, (tx) => revert(tx, named, input)));
  },
  async (request, { entitlementId, historyEntryId }) => {
    const about = await deciding(request, { entitlementId });
    const former = about && (await findState(request.app.db.manager, entitlementId, historyEntryId));
    if (about && former?.enrollmentId) await lookAtFormer(request, about, former.enrollmentId);
  },
);

async function revert(
  tx: EntityManager,
  request: CommandRequest,
  { historyEntryId, comments, ...reference }: RevertEntitlement,
): Promise<EntitlementFacts> {
  const entitlement = await lockAnyEntitlement(tx, request, reference);
  const { row } = entitlement;
  refuseRefunded(entitlement);
  const target = await stateOf(tx, row.id, historyEntryId);
  const isSame = REVERTED.every((name) => isDeepStrictEqual(row[name], target[name]));
  if (isSame) return entitlement.facts;
  await refuseClashes(tx, row.id, target);
  const changes = await lastingChanges(tx, request, entitlement, target);
  await recordRevokedMoney(tx, request, entitlement);
  if (row.enrollmentId !== target.enrollmentId) await unenroll(tx, request, entitlement);
  if (!(await reenroll(tx, request, entitlement, target)))
    throw clash("the learner is now enrolled in its run by other means than this entitlement");
  const detail = await supportDetail(tx, request, { entitlementId: row.id, action: "REVERT", comments });
  return save(tx, request, entitlement, changes, detail);
}

function findState(
  db: EntityManager,
  id: string,
  entryId: string,
): Promise<HistoricalCourseEntitlement | null> {
  return db.findOneBy(HistoricalCourseEntitlement, { id, history: { id: entryId } });
}

async function stateOf(tx: EntityManager, id: string, entryId: string): Promise<HistoricalCourseEntitlement> {
  const entry = await findState(tx, id, entryId);
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
 * The changes that restore an earlier state, chosen so that the next sweep does not undo them: a state that could not
 * be redeemed any more is refused, and one whose run can no longer be left is stored as expired.
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
  if (await isRefundUnsure(tx, facts)) changes.refundLocked = true;
  const reverted = await choosingIn(tx, facts, changes, app.config);
  refuseUseless(reverted, now, "historyEntryId");
  if (!isExpiryDue(reverted.standing, reverted.periods, now)) return changes;
  const isOnlyExpiry = REVERTED.every(
    (name) => ["expiredAt", "expiryCause"].includes(name) || isDeepStrictEqual(row[name], target[name]),
  );
  if (isOnlyExpiry) throw clash("the learner can no longer leave its run, so it would expire again at once");
  return { ...changes, expiredAt: now, expiryCause: "LAPSED" };
}

/**
 * Refuses, with the reason, when the order number, enrollment or policy of the earlier state has since been taken or
 * removed.
 */
async function refuseClashes(
  tx: EntityManager,
  id: string,
  target: HistoricalCourseEntitlement,
): Promise<void> {
  const { courseUuid, orderNumber, enrollmentId, policyId } = target;
  const others = { id: Not(id) };
  if (orderNumber !== null && (await tx.existsBy(CourseEntitlement, { ...others, courseUuid, orderNumber })))
    throw clash("another entitlement now has its order number");
  if (enrollmentId !== null) {
    if (!(await tx.existsBy(CourseEnrollment, { id: enrollmentId })))
      throw clash("its enrollment does not exist any more");
    const holders = [
      { ...others, enrollmentId },
      { ...others, pendingEnrollmentId: enrollmentId },
    ];
    if (await tx.existsBy(CourseEntitlement, holders))
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
