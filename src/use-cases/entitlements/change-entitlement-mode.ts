import { staff } from "../../auth/who";
import { CourseEntitlement } from "../../entities/course-entitlement";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { requirePaidMode } from "./issue";
import { command } from "../command";
import { lockAnyEntitlement, save, type EntitlementReference } from "../locked-entitlement";
import { supportDetail } from "../support-detail";

export interface ChangeEntitlementMode extends Omit<EntitlementReference, "entitlementId"> {
  orderNumber: string;
  courseUuid: string;
  mode: string;
  /** Lets a mode pass that is not sold. */
  acceptAnyMode: boolean;
  comments: string;
}

/** Gives the entitlement of an order another mode; its policy and its run stay. The same mode again changes nothing. */
export const changeEntitlementMode = command(
  "changeEntitlementMode",
  staff,
  async (
    tx,
    request,
    { orderNumber, courseUuid, mode, acceptAnyMode, comments, expectedHistoryEntryId }: ChangeEntitlementMode,
  ): Promise<EntitlementFacts> => {
    const row = await tx.findOneBy(CourseEntitlement, { orderNumber, courseUuid });
    if (!row)
      throw new Refusal("ENTITLEMENT_NOT_FOUND", "This order has no entitlement for this course.", {
        field: "orderNumber",
      });
    const reference = { entitlementId: row.id, expectedHistoryEntryId };
    const entitlement = await lockAnyEntitlement(tx, request, reference);
    if (entitlement.facts.mode === mode) return entitlement.facts;
    if (!acceptAnyMode) await requirePaidMode(tx, request, mode);
    const detail = await supportDetail(tx, request, {
      entitlementId: row.id,
      action: "CHANGE_MODE",
      comments,
    });
    return save(tx, request, entitlement, { mode }, detail);
  },
);
