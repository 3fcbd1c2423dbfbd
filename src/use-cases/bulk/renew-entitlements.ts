import { support } from "../../auth/who";
import { renew } from "../entitlements/renew-entitlement";
import { bulkCommand } from "./bulk";

/** Renews many entitlements. One whose expiration period is not about to end is left as it is. */
export const renewEntitlements = bulkCommand(
  "renewEntitlements",
  support,
  async (tx, request, input: { entitlementId: string; comments: string }) => ({
    facts: await renew(tx, request, input),
    isChanged: true,
  }),
  { doneBy: ["ENTITLEMENT_NOT_RENEWABLE"] },
);
