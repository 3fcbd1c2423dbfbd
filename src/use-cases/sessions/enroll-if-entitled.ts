import { learner } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { entitlementSpentOn } from "../../reads/entitlements";
import { userByUsername } from "../../reads/accounts/users";
import { redeemBlocker } from "../../rules/entitlement-rules";
import { fulfillableEntitlement } from "./fulfillable-entitlement";
import { redeem } from "./redeem";
import { command } from "../command";
import { lockEntitlement } from "../locked-entitlement";

export interface EnrollIfEntitled {
  courseRunKey: string;
}

/**
 * What the "enroll" button does first: spends the learner's newest usable entitlement on the run. Null when there is
 * none, so that the ordinary enrollment goes on. Asking again gives the entitlement that is spent on the run.
 */
export const enrollIfEntitled = command(
  "enrollIfEntitled",
  learner,
  async (tx, request, { courseRunKey }: EnrollIfEntitled): Promise<EntitlementFacts | null> => {
    const { app, actor, now } = request;
    const userId = actor.userId ?? (await userByUsername(tx, actor.username))?.id;
    if (!userId) return null;
    for (;;) {
      const candidate = await fulfillableEntitlement(
        tx,
        userId,
        courseRunKey,
        app.config.defaultPeriods,
        now,
      );
      const entitlement = candidate && (await lockEntitlement(tx, request, candidate.id));
      // Looked for last, so that whatever has hidden a candidate is seen here.
      const spent = await entitlementSpentOn(tx, userId, courseRunKey);
      if (spent || !entitlement) return spent;
      const { standing, periods } = entitlement;
      // Somebody may have used it while it was waited for: then the next one is tried.
      if (!redeemBlocker(standing, periods, now)) return redeem(tx, request, entitlement, courseRunKey);
    }
  },
);
