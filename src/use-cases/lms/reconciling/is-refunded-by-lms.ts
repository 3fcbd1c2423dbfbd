import type { App } from "../../../app";
import { runsByKey } from "../../../reads/finding/courses";
import { redeemedRunsOfCourse } from "../../../reads/lms/recorded-enrollment";
import { lookUpRun } from "../looks";
import type { Reading } from "./read-enrollment";

/**
 * Whether the order is to be refunded when the LMS has ended an enrollment by itself: where the setting says so. An LMS that
 * redeems entitlements itself changes sessions too, so there an order is not refunded while the learner holds a place in
 * another run of the course in the same mode, for which no other entitlement is redeemed: the same order pays for that.
 * Rejects with HttpFailure when the LMS or the catalog does not tell.
 */
export async function isRefundedByLms(
  app: App,
  { userId, courseRunKey, lms, renamed, before }: Reading,
  isDryRun = false,
): Promise<boolean> {
  const { config, openEdx, db } = app;
  if (!config.refundsOnLmsUnenroll || lms?.isActive || !before.isRedeemed || !before.isActive) return false;
  if (config.lms?.entitlements !== "plugin") return true;
  const held = await openEdx.enrollments.readAll([(renamed ?? before).username]);
  const paidFor = new Set([courseRunKey, ...(await redeemedRunsOfCourse(db, { userId, courseRunKey }))]);
  const others = held
    .filter(({ isActive, mode }) => isActive && mode === before.mode)
    .map((other) => other.courseRunKey)
    .filter((key) => !paidFor.has(key));
  if (others.length === 0) return true;
  const [course, ...courses] = await coursesOf(app, [courseRunKey, ...others], isDryRun);
  return courses.every((other) => other !== null && other !== course);
}

/**
 * The courses of runs, which the catalog is asked for where we do not know them, except for a dry run, as its answer is stored;
 * null for a run that it has not.
 */
async function coursesOf(app: App, keys: readonly string[], isDryRun: boolean): Promise<(string | null)[]> {
  const known = await runsByKey(app.db, keys);
  const unknown = isDryRun ? [] : keys.filter((_, i) => !known[i]?.courseUuid);
  for (const key of unknown) await lookUpRun(app, key);
  const runs = unknown.length > 0 ? await runsByKey(app.db, keys) : known;
  return runs.map((run) => run?.courseUuid ?? null);
}
