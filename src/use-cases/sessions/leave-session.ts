import { learner } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { command } from "../command";
import { leave } from "./enrollment";

export interface LeaveSession {
  entitlementId: string;
}

/** Leaves the run and gets the entitlement back; never refunds. An unspent entitlement stays as it is. */
export const leaveSession = command(
  "leaveSession",
  learner,
  async (tx, request, { entitlementId }: LeaveSession): Promise<EntitlementFacts> =>
    leave(tx, request, entitlementId),
);
