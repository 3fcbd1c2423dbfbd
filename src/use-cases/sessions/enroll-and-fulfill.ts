import { learner } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { command } from "../command";
import { lockEntitlement, type OwnReference } from "../locked-entitlement";
import { redeem } from "./redeem";

export interface EnrollAndFulfill extends OwnReference {
  courseRunKey: string;
}

/** Redeems an entitlement for a run. The same run again changes nothing. */
export const enrollAndFulfill = command(
  "enrollAndFulfill",
  learner,
  async (tx, request, { courseRunKey, ...reference }: EnrollAndFulfill): Promise<EntitlementFacts> => {
    const entitlement = await lockEntitlement(tx, request, reference);
    if (courseRunKey === entitlement.currentRunKey) return entitlement.facts;
    return redeem(tx, request, entitlement, courseRunKey);
  },
);
