import { staff } from "../../auth/who";
import { deciding, lookBeforeRefund } from "../lms/before-deciding";
import { queue } from "../refunds/request-refund";
import { bulkCommand } from "./bulk";

/**
 * Requests the refunds of many orders. The requests are stored, and the shop is asked in the background; an entitlement
 * whose refund has been requested before is left as it is.
 */
export const refundEntitlements = bulkCommand(
  "refundEntitlements",
  staff,
  async (tx, request, reference: { entitlementId: string }) => {
    const { entitlement, isNew } = await queue(tx, request, reference);
    return { facts: entitlement, isChanged: isNew };
  },
  {
    before: async (request, reference) => {
      const about = await deciding(request, reference);
      if (about) await lookBeforeRefund(request, about);
    },
  },
);
