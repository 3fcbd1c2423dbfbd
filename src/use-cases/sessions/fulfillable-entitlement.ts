import { entitlementsForCourses } from "../../reads/entitlements";
import { standingOf } from "../../reads/decisions/choosing";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { sessionOfRun } from "../../reads/sessions";
import { redeemBlocker, type Periods } from "../../rules/entitlement-rules";
import { runBlocker } from "../../rules/run-rules";
import type { Database } from "../../store/statement";

/**
 * The entitlement that a learner's enrollment in a run would use: the newest one of the run's course that can be redeemed
 * and fits the run, or null. Every candidate counts, so that a lapsed one never hides an older usable one.
 */
export async function fulfillableEntitlement(
  db: Database,
  userId: string,
  courseRunKey: string,
  defaultPeriods: Periods,
  now: Date,
): Promise<EntitlementFacts | null> {
  const session = await sessionOfRun(db, userId, courseRunKey);
  if (!session?.run.courseUuid) return null;
  const time = { now, defaultPeriods };
  const [candidates] = await entitlementsForCourses(
    db,
    userId,
    [session.run.courseUuid],
    "FULFILLABLE",
    time,
  );
  const isUsable = (facts: EntitlementFacts) =>
    redeemBlocker(standingOf(facts), facts.policy ?? defaultPeriods, now) === null &&
    runBlocker(session, facts.mode, session.enrollment, now) === null;
  return candidates!.find(isUsable) ?? null;
}
