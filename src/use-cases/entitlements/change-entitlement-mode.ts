import type { EntityManager } from "typeorm";
import { staff } from "../../auth/who";
import { CourseEntitlement } from "../../entities/course-entitlement";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { requirePaidMode } from "./issue";
import { command, type CommandRequest } from "../command";
import { lockAnyEntitlement, save, type LockedEntitlement } from "../locked-entitlement";
import type { Seen } from "../seen";
import { supportDetail } from "../support-detail";

/** The new mode of the entitlements, and the reason. */
export interface NewMode {
  mode: string;
  /** Allows a mode that is not sold. */
  acceptAnyMode: boolean;
  comments: string;
}

/** The order and the course of an entitlement; both or neither. */
interface OrderReference {
  orderNumber?: string | null;
  courseUuid?: string | null;
}

/** Names an entitlement by its id, or by its order and course. */
export type ChangeEntitlementMode = NewMode & Seen & OrderReference & { entitlementId?: string | null };

/** Gives an entitlement another mode; its policy and its run stay. The same mode again changes nothing. */
export const changeEntitlementMode = command(
  "changeEntitlementMode",
  staff,
  async (
    tx,
    request,
    { entitlementId, orderNumber, courseUuid, expectedHistoryEntryId, ...mode }: ChangeEntitlementMode,
  ): Promise<EntitlementFacts> => {
    const id = entitlementId ?? (await idOfOrder(tx, { orderNumber, courseUuid }));
    const reference = { entitlementId: id, expectedHistoryEntryId };
    return changeMode(tx, request, await lockAnyEntitlement(tx, request, reference), mode);
  },
);

async function idOfOrder(tx: EntityManager, { orderNumber, courseUuid }: OrderReference): Promise<string> {
  const row =
    orderNumber && courseUuid && (await tx.findOneBy(CourseEntitlement, { orderNumber, courseUuid }));
  if (row) return row.id;
  throw new Refusal("ENTITLEMENT_NOT_FOUND", "This order has no entitlement for this course.", {
    field: "orderNumber",
  });
}

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
