import { staff } from "../../auth/who";
import { changeMode, type NewMode } from "../entitlements/change-entitlement-mode";
import { lockAnyEntitlement } from "../locked-entitlement";
import { bulkCommand } from "./bulk";

/** Gives many entitlements another mode. */
export const changeEntitlementModes = bulkCommand(
  "changeEntitlementModes",
  staff,
  async (tx, request, { entitlementId, ...mode }: NewMode & { entitlementId: string }) => {
    const entitlement = await lockAnyEntitlement(tx, request, { entitlementId });
    const isChanged = entitlement.mode !== mode.mode;
    return { facts: await changeMode(tx, request, entitlement, mode), isChanged };
  },
);
