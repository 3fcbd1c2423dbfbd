import { learner } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { refuseUnregainable } from "./release";
import { enroll, isChosen, redeem } from "./redeem";
import { enrollmentCommand } from "../enrollment-calls/enrollment-command";
import {
  couldBeRedeemed,
  couldBeRegained,
  deciding,
  lookAtCurrent,
  lookAtWanted,
  lookBeforeRegain,
} from "../lms/before-deciding";
import { lockEntitlement, type OwnReference } from "../locked-entitlement";

export interface SwitchSession extends OwnReference {
  courseRunKey: string;
}

/**
 * Enrolls the learner in another run of the course and leaves the current one: both or neither. The same run again
 * changes nothing.
 */
export const switchSession = enrollmentCommand(
  "switchSession",
  learner,
  async (tx, request, { courseRunKey, ...reference }: SwitchSession): Promise<EntitlementFacts> => {
    const entitlement = await lockEntitlement(tx, request, reference);
    if (isChosen(entitlement, courseRunKey)) return entitlement.facts;
    const { facts, standing } = entitlement;
    // The enrollment was ended elsewhere, so there is nothing to leave.
    if (facts.enrollment && !standing.redemption) return redeem(tx, request, entitlement, courseRunKey);
    refuseUnregainable(request, entitlement);
    return enroll(tx, request, entitlement, courseRunKey);
  },
  async (request, { courseRunKey, ...reference }) => {
    const about = await deciding(request, reference);
    if (!about || !(couldBeRegained(request, about) || couldBeRedeemed(request, about))) return;
    await Promise.all([
      lookBeforeRegain(request, about),
      lookAtCurrent(request, about),
      lookAtWanted(request, about, courseRunKey),
    ]);
  },
);
