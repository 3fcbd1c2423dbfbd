import type { App } from "../../app";
import { shownOnPage } from "../../reads/lms/due";
import { userById } from "../../reads/accounts/users";
import { CERTIFICATES_AT_ONCE, dueOf, isFresh } from "../../rules/lms/freshness-rules";
import { systemCommand } from "../system-command";
import { lookAtCertificate, lookAtCourses, lookAtEnrollments, succeeds } from "./looks";

/** How many enrollments that differ are reconciled in one refresh: each takes up to three calls. */
const RECONCILED_AT_ONCE = 2;

/**
 * Looks again at what the page of a learner shows and is no longer fresh: a call for the enrollments, one for each 20
 * courses, and one for each of at most 6 certificates; more only where an enrollment differs. What the LMS does not tell now stays as it is.
 */
export const refreshPage = systemCommand(
  "refreshPage",
  async (_sign, app: App, userId: string): Promise<void> => {
    const shown = await shownOnPage(app.db, userId);
    if (!shown) return;
    const now = app.clock();
    const { username, enrollmentsSeenAt, courses, certificates } = shown;
    const areKnown =
      isFresh("enrollment", enrollmentsSeenAt, now) ||
      (await succeeds(app, lookAtEnrollments(app, { id: userId, username }, null, RECONCILED_AT_ONCE)));
    const dueCourses = dueOf("run", courses, now).map(({ courseUuid }) => courseUuid);
    if (dueCourses.length > 0) await succeeds(app, lookAtCourses(app, dueCourses));
    if (!areKnown) return; // the LMS does not answer
    const learner = (await userById(app.db, userId))!; // who may just have got another username
    for (const { courseRunKey } of dueOf("certificate", certificates, now).slice(0, CERTIFICATES_AT_ONCE))
      await succeeds(app, lookAtCertificate(app, learner, courseRunKey, true));
  },
);
