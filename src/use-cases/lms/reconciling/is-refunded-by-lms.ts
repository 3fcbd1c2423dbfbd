import type { App } from "../../../app";
import { areInSameCourse } from "../../../reads/lms/recorded-enrollment";
import type { Reading } from "./read-enrollment";

/**
 * Whether the order is to be refunded when the LMS has ended an enrollment by itself: where the setting says so. An LMS that
 * redeems entitlements itself changes sessions too, so there an order is not refunded while the learner holds a place in
 * another run of the course in the same mode: the same order pays for that. Rejects with HttpFailure when the LMS does not tell.
 */
export async function isRefundedByLms(
  app: App,
  { courseRunKey, lms, renamed, before }: Reading,
): Promise<boolean> {
  const { config, openEdx, db } = app;
  if (!config.refundsOnLmsUnenroll || lms?.isActive || !before.isRedeemed) return false;
  if (config.lms?.entitlements !== "plugin") return true;
  const held = await openEdx.enrollments.readAll([(renamed ?? before).username]);
  const others = held.filter(
    ({ isActive, mode, ...other }) => isActive && mode === before.mode && other.courseRunKey !== courseRunKey,
  );
  const keys = others.map((other) => other.courseRunKey);
  return keys.length === 0 || !(await areInSameCourse(db, courseRunKey, keys));
}
