import { support } from "../../auth/who";
import { expire } from "../entitlements/expire-entitlement";
import { bulkCommand } from "./bulk";

/** Expires many entitlements. One that has expired before is left as it is. */
export const expireEntitlements = bulkCommand(
  "expireEntitlements",
  support,
  async (tx, request, input: { entitlementId: string; comments: string }) => ({
    facts: await expire(tx, request, input),
    isChanged: true,
  }),
  { doneBy: ["ENTITLEMENT_EXPIRED"] },
);
