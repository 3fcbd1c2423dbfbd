import { Not, type EntityManager } from "typeorm";
import { support } from "../../auth/who";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { CourseEntitlement } from "../../entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../entities/course-entitlement-policy";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { HistoricalCourseEntitlement } from "../../history/historical";
import { Refusal } from "../../refusal";
import { refuseRefunded, unenroll } from "../sessions/enrollment";
import { act, commandInSteps } from "../command";
import { lockAnyEntitlement, save, type EntitlementReference } from "../locked-entitlement";
import { supportDetail } from "./support-detail";

export interface RevertEntitlement extends EntitlementReference {
  /** The history entry whose state to go back to. */
  historyEntryId: string;
  comments: string;
}

/** What is put back: all but the stamps. */
type Reverted = Pick<
  CourseEntitlement,
  | "userId"
  | "courseUuid"
  | "mode"
  | "orderNumber"
  | "refundLocked"
  | "expiredAt"
  | "expiryCause"
  | "redeemedAt"
  | "policyId"
  | "enrollmentId"
>;

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
      const isSame = (Object.keys(target) as (keyof Reverted)[]).every(
        (field) => row[field]?.valueOf() === target[field]?.valueOf(),
      );
      if (isSame) return entitlement.facts;
      await refuseClashes(tx, row.id, target);
      if (row.enrollmentId !== target.enrollmentId) await unenroll(tx, entitlement);
      if (target.enrollmentId !== null)
        await tx.save(CourseEnrollment, { id: target.enrollmentId, isActive: true, mode: target.mode });
      const detail = await supportDetail(tx, request, { entitlementId: row.id, action: "REVERT", comments });
      return save(tx, request, entitlement, target, detail);
    }),
);

async function stateOf(tx: EntityManager, id: string, entryId: string): Promise<Reverted> {
  const entry = await tx.findOneBy(HistoricalCourseEntitlement, { id, history: { id: entryId } });
  if (!entry)
    throw new Refusal("HISTORY_ENTRY_NOT_FOUND", "The history of this entitlement has no such entry.", {
      field: "historyEntryId",
    });
  const { userId, courseUuid, mode, orderNumber, refundLocked } = entry;
  const { expiredAt, expiryCause, redeemedAt, policyId, enrollmentId } = entry;
  return {
    userId,
    courseUuid,
    mode,
    orderNumber,
    refundLocked,
    expiredAt,
    expiryCause,
    redeemedAt,
    policyId,
    enrollmentId,
  };
}

/** Refuses, naming the clash, what somebody else has taken or removed since. */
async function refuseClashes(tx: EntityManager, id: string, target: Reverted): Promise<void> {
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
  return new Refusal("CONFLICT", `The entitlement cannot go back to that: ${reason}.`, {
    field: "historyEntryId",
  });
}
