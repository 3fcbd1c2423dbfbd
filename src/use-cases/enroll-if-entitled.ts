import type { EntitlementFacts } from "../entities/entitlement-facts";
import { fulfillableEntitlement } from "../entities/session-queries";
import { userByUsername } from "../entities/user-queries";
import { redeem } from "./enroll-and-fulfill";
import { act, lockEntitlement, type Request } from "./request";

export interface EnrollIfEntitled {
  courseRunKey: string;
}

/**
 * What the "enroll" button does first: spends the learner's newest usable entitlement on the run. Null when there is
 * none, so that the ordinary enrollment goes on.
 */
export async function enrollIfEntitled(
  request: Request,
  { courseRunKey }: EnrollIfEntitled,
): Promise<EntitlementFacts | null> {
  const { app, actor, now } = request;
  const userId = actor.userId ?? (await userByUsername(app.db, actor.username))?.id;
  if (!userId) return null;
  return act(request, "enrollIfEntitled", async (tx) => {
    const candidate = await fulfillableEntitlement(tx, userId, courseRunKey, app.config.defaultPeriods, now);
    if (!candidate) return null;
    return redeem(tx, request, await lockEntitlement(tx, request, candidate.id), courseRunKey);
  });
}
