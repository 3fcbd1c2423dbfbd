import type { App } from "../../app";
import { coursesInUse } from "../../reads/lms/due";
import { systemCommand } from "../system-command";
import { lookAtCourses, succeeds } from "./looks";
import { inQuietSteps, type QuietPlace, type Sweeping } from "./quiet-steps";

/** How many courses a call names. */
const COURSES = 20;

/**
 * Looks again at the runs of all courses in which a learner has an entitlement that has not expired. Courses that the
 * catalog does not tell are left to the next sweep. Returns where to go on, or null at the end.
 */
export const refreshRuns = systemCommand(
  "refreshRuns",
  async (_sign, app: App, sweeping: Sweeping): Promise<QuietPlace | null> => {
    if (app.openEdx.isEmbedded) return null;
    return inQuietSteps(app, sweeping, async (after) => {
      const courses = await coursesInUse(app.db, after, COURSES);
      if (courses.length > 0) await succeeds(app, lookAtCourses(app, courses));
      return courses.at(-1) ?? null;
    });
  },
);
