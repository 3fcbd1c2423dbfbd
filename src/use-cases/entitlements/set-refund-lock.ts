import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { act, lockAnyEntitlement, save, type EntitlementReference, type Request } from "../command";
import { supportDetail } from "./support-detail";

export interface SetRefundLock extends EntitlementReference {
  isLocked: boolean;
  comments: string;
}

/** Says whether the order may ever be paid back. The same again changes nothing. */
export function setRefundLock(
  request: Request,
  { isLocked, comments, ...reference }: SetRefundLock,
): Promise<EntitlementFacts> {
  return act(request, "setRefundLock", async (tx) => {
    const entitlement = await lockAnyEntitlement(tx, request, reference);
    const { facts } = entitlement;
    if (facts.refundLocked === isLocked) return facts;
    const action = isLocked ? "LOCK_REFUND" : "UNLOCK_REFUND";
    const detail = await supportDetail(tx, request, { entitlementId: facts.id, action, comments });
    return save(tx, request, entitlement, { refundLocked: isLocked }, detail);
  });
}
