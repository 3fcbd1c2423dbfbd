import { learner } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { command } from "../command";
import { lockEntitlement } from "../locked-entitlement";
import { redeem } from "./redeem";

export interface EnrollAndFulfill {
  entitlementId: string;
  courseRunKey: string;
}

/** Spends an entitlement on a run. Asking again for the run it is spent on changes nothing. */
export const enrollAndFulfill = command(
  "enrollAndFulfill",
  learner,
  async (tx, request, { entitlementId, courseRunKey }: EnrollAndFulfill): Promise<EntitlementFacts> => {
    const entitlement = await lockEntitlement(tx, request, entitlementId);
    if (courseRunKey === entitlement.currentRunKey) return entitlement.facts;
    return redeem(tx, request, entitlement, courseRunKey);
  },
);
