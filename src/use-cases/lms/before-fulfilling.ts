import { CourseEntitlement } from "../../entities/course-entitlement";
import { coursesById } from "../../reads/finding/courses";
import { choosingForNew } from "../../reads/decisions/choosing-for-new";
import { sessionsOfCourses } from "../../reads/sessions";
import { isFresh } from "../../rules/lms/freshness-rules";
import { orderEffect } from "../../rules/order-rules";
import type { CommandRequest } from "../command";
import { learnerNamed, type LearnerReference } from "../learner";
import { knowLearners } from "./known-learners";
import { hasSeen, lookAtCertificate, lookAtCourses, lookAtEnrollments } from "./looks";

/** How long a shop waits for what decides over an upgrade, in milliseconds: it gives up after 7 s. */
const WAIT_MS = 3_000;

/** An order that is to be fulfilled, as far as it says what to look at. */
type Order = LearnerReference & { courseUuid: string; mode: string; orderNumber: string };

/**
 * Looks at the learner of an order that is new, at the runs of its course unless they are fresh, at the enrollments, one of
 * which may be upgraded, and at the certificate for that run. Rejects with SystemUnavailable when the learner is not known and
 * the LMS does not answer.
 */
export async function lookBeforeFulfilling(request: CommandRequest, order: Order): Promise<void> {
  const { app, now } = request;
  if (app.openEdx.isEmbedded) return;
  await knowLearners(request, [order]);
  const learner = await learnerNamed(app.db, order);
  const { courseUuid, mode, orderNumber } = order;
  if (!learner || (await app.db.manager.existsBy(CourseEntitlement, { courseUuid, orderNumber }))) return;
  const [course] = await coursesById(app.db, [courseUuid]);
  const isKnown = course?.runs.some(({ seenAt }) => isFresh("run", seenAt, now)) ?? false;
  const endsAt = performance.now() + WAIT_MS;
  await Promise.all([
    isKnown || hasSeen(app, endsAt, lookAtCourses(app, [courseUuid])),
    hasSeen(app, endsAt, lookAtEnrollments(app, learner)),
  ]);
  const [sessions] = await sessionsOfCourses(app.db, [{ userId: learner.id, key: courseUuid }]);
  const entitlement = await choosingForNew(app.db, app.config, mode, now);
  const { redeemed } = orderEffect(entitlement, sessions!, now);
  if (redeemed) await hasSeen(app, endsAt, lookAtCertificate(app, learner, redeemed.run.key));
}
