import { learner } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { entitlementSpentOn } from "../../reads/entitlements";
import { redeemBlocker } from "../../rules/entitlement-rules";
import { fulfillableEntitlement } from "./fulfillable-entitlement";
import { redeem } from "./redeem";
import { command } from "../command";
import { learnerOf, type LearnerReference } from "../learner";
import { lockEntitlement } from "../locked-entitlement";

export interface EnrollIfEntitled extends LearnerReference {
  courseRunKey: string;
}

/**
 * What the "enroll" button does first: redeems the learner's newest usable entitlement for the run. Null when there is
 * none, so that the ordinary enrollment goes on. The same run again returns the entitlement that is redeemed for it.
 */
export const enrollIfEntitled = command(
  "enrollIfEntitled",
  learner,
  async (tx, request, { courseRunKey, ...reference }: EnrollIfEntitled): Promise<EntitlementFacts | null> => {
    const { app, now } = request;
    const userId = (await learnerOf(tx, request, reference))?.id;
    if (!userId) return null;
    for (;;) {
      const candidate = await fulfillableEntitlement(
        tx,
        userId,
        courseRunKey,
        app.config.defaultPeriods,
        now,
      );
      const entitlement = candidate && (await lockEntitlement(tx, request, { entitlementId: candidate.id }));
      // Checked last, because a concurrent request may have just redeemed the candidate for this run.
      const spent = await entitlementSpentOn(tx, userId, courseRunKey);
      if (spent || !entitlement) return spent;
      const { standing, periods } = entitlement;
      // Another request may have redeemed it while this one waited for its lock: then the next one is tried.
      if (!redeemBlocker(standing, periods, now)) return redeem(tx, request, entitlement, courseRunKey);
    }
  },
);
