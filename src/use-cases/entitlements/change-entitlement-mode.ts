import type { EntityManager } from "typeorm";
import { staff } from "../../auth/who";
import { CourseEntitlement } from "../../entities/course-entitlement";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { requirePaidMode } from "./issue";
import { command, type CommandRequest } from "../command";
import {
  lockAnyEntitlement,
  save,
  type EntitlementReference,
  type LockedEntitlement,
} from "../locked-entitlement";
import { supportDetail } from "../support-detail";

/** The mode that entitlements are to have, and why. */
export interface NewMode {
  mode: string;
  /** Lets a mode pass that is not sold. */
  acceptAnyMode: boolean;
  comments: string;
}

export interface ChangeEntitlementMode extends NewMode, Omit<EntitlementReference, "entitlementId"> {
  orderNumber: string;
  courseUuid: string;
}

/** Gives the entitlement of an order another mode; its policy and its run stay. The same mode again changes nothing. */
export const changeEntitlementMode = command(
  "changeEntitlementMode",
  staff,
  async (
    tx,
    request,
    { orderNumber, courseUuid, expectedHistoryEntryId, ...mode }: ChangeEntitlementMode,
  ): Promise<EntitlementFacts> => {
    const row = await tx.findOneBy(CourseEntitlement, { orderNumber, courseUuid });
    if (!row)
      throw new Refusal("ENTITLEMENT_NOT_FOUND", "This order has no entitlement for this course.", {
        field: "orderNumber",
      });
    const reference = { entitlementId: row.id, expectedHistoryEntryId };
    return changeMode(tx, request, await lockAnyEntitlement(tx, request, reference), mode);
  },
);

/** Gives a locked entitlement another mode. */
export async function changeMode(
  tx: EntityManager,
  request: CommandRequest,
  entitlement: LockedEntitlement,
  { mode, acceptAnyMode, comments }: NewMode,
): Promise<EntitlementFacts> {
  if (entitlement.facts.mode === mode) return entitlement.facts;
  if (!acceptAnyMode) await requirePaidMode(tx, request, mode);
  const detail = await supportDetail(tx, request, {
    entitlementId: entitlement.id,
    action: "CHANGE_MODE",
    comments,
  });
  return save(tx, request, entitlement, { mode }, detail);
}
