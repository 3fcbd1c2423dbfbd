import { learner } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { entitlementSpentOn, entitlementsOfUser } from "../../reads/entitlements";
import { redeemBlocker } from "../../rules/entitlement-rules";
import { fulfillableEntitlement } from "./fulfillable-entitlement";
import type { CommandRequest } from "../command";
import { firstRows } from "../../store/rows/page";
import { redeem } from "./redeem";
import { enrollmentCommand } from "../enrollment-calls/enrollment-command";
import { lookAtAllRedeemed, lookAtRunFor, lookingEnds } from "../lms/before-deciding";
import { knowLearners } from "../lms/known-learners";
import { learnerOf, type LearnerReference } from "../learner";
import { lockEntitlement } from "../locked-entitlement";

export interface EnrollIfEntitled extends LearnerReference {
  courseRunKey: string;
}

/**
 * What the "enroll" button does first: redeems the learner's newest usable entitlement for the run. Null when there is
 * none, so that the ordinary enrollment goes on. The same run again returns the entitlement that is redeemed for it, or
 * that waits for the LMS to enroll the learner there.
 */
export const enrollIfEntitled = enrollmentCommand(
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
  lookIfEntitled,
);

/** Nothing is asked for a learner who has nothing to redeem. */
async function lookIfEntitled(
  request: CommandRequest,
  { courseRunKey, ...reference }: EnrollIfEntitled,
): Promise<void> {
  const { app, now } = request;
  if (app.openEdx.isEmbedded) return;
  await knowLearners(request, [reference]);
  const learner = await learnerOf(app.db, request, reference);
  if (!learner) return;
  const endsAt = lookingEnds(request);
  await lookAtAllRedeemed(request, learner, endsAt, courseRunKey);
  const time = { now, defaultPeriods: app.config.defaultPeriods };
  const has = async (courseUuid: string | null) => {
    const shelf = { userId: learner.id, scope: "FULFILLABLE", courseUuid } as const;
    return (await entitlementsOfUser(app.db, shelf, firstRows(1), time)).rows.length > 0;
  };
  if (!(await has(null))) return;
  await lookAtRunFor(request, { ...learner, endsAt, isUseful: has }, courseRunKey);
}
