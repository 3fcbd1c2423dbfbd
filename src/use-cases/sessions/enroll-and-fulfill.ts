import { learner } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { enrollmentCommand } from "../enrollment-calls/enrollment-command";
import { couldBeRedeemed, decidingToRedeem, lookAtWanted } from "../lms/before-deciding";
import { lockEntitlement, type OwnReference } from "../locked-entitlement";
import { isChosen, redeem } from "./redeem";

export interface EnrollAndFulfill extends OwnReference {
  courseRunKey: string;
}

/** Redeems an entitlement for a run. The same run again changes nothing. */
export const enrollAndFulfill = enrollmentCommand(
  "enrollAndFulfill",
  learner,
  async (tx, request, { courseRunKey, ...reference }: EnrollAndFulfill): Promise<EntitlementFacts> => {
    const entitlement = await lockEntitlement(tx, request, reference);
    if (isChosen(entitlement, courseRunKey)) return entitlement.facts;
    return redeem(tx, request, entitlement, courseRunKey);
  },
  async (request, { courseRunKey, ...reference }) => {
    const about = await decidingToRedeem(request, reference);
    if (about && couldBeRedeemed(request, about)) await lookAtWanted(request, about, courseRunKey);
  },
);
