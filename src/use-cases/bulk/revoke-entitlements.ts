import { supportOrService } from "../../auth/who";
import { lookBeforeRevoking, revoke } from "../entitlements/revoke-entitlement";
import { bulkCommand } from "./bulk";

/** Revokes many entitlements. */
export const revokeEntitlements = bulkCommand("revokeEntitlements", supportOrService, revoke, {
  before: lookBeforeRevoking,
});
