import { learner } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { refuseUnregainable, unenroll } from "./enrollment";
import { enroll, redeem } from "./redeem";
import { command } from "../command";
import { lockEntitlement, save, type OwnReference } from "../locked-entitlement";

export interface SwitchSession extends OwnReference {
  courseRunKey: string;
}

/**
 * Enrolls the learner in another run of the course and leaves the current one: both or neither. The same run again
 * changes nothing.
 */
export const switchSession = command(
  "switchSession",
  learner,
  async (tx, request, { courseRunKey, ...reference }: SwitchSession): Promise<EntitlementFacts> => {
    const entitlement = await lockEntitlement(tx, request, reference);
    if (courseRunKey === entitlement.currentRunKey) return entitlement.facts;
    const { facts, standing } = entitlement;
    // The enrollment was ended elsewhere, so there is nothing to leave.
    if (facts.enrollment && !standing.redemption) return redeem(tx, request, entitlement, courseRunKey);
    refuseUnregainable(request, entitlement);
    const redeemed = await enroll(tx, request, entitlement, courseRunKey);
    if (redeemed.enrollmentId !== entitlement.row.enrollmentId) await unenroll(tx, entitlement);
    return save(tx, request, entitlement, redeemed);
  },
);
