import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { command } from "../command";
import { lockAnyEntitlement, save, type EntitlementReference } from "../locked-entitlement";
import { supportDetail } from "../support-detail";

export interface SetRefundLock extends EntitlementReference {
  isLocked: boolean;
  comments: string;
}

/** Sets whether refunds of the order are locked. The same value again changes nothing. */
export const setRefundLock = command(
  "setRefundLock",
  support,
  async (tx, request, { isLocked, comments, ...reference }: SetRefundLock): Promise<EntitlementFacts> => {
    const entitlement = await lockAnyEntitlement(tx, request, reference);
    const { facts } = entitlement;
    if (facts.refundLocked === isLocked) return facts;
    const action = isLocked ? "LOCK_REFUND" : "UNLOCK_REFUND";
    const detail = await supportDetail(tx, request, { entitlementId: facts.id, action, comments });
    return save(tx, request, entitlement, { refundLocked: isLocked }, detail);
  },
);
