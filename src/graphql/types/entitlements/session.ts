import { Field, ID, ObjectType } from "type-graphql";
import type { EnrollmentFacts } from "../../../reads/enrollments";
import type { EntitlementFacts } from "../../../reads/entitlement-facts";
import type { CourseRun } from "../../../entities/course-run";
import type { SessionFacts } from "../../../reads/sessions";
import {
  isCurrentSession,
  sessionBlocker,
  type Choosing,
  type SessionBlocker,
} from "../../../rules/session-rules";
import { SessionBlockerEnum } from "../../enums";
import { CourseRunView, toCourseRun } from "../course";

@ObjectType("Session", {
  description: "A run of the course that a learner can choose, or cannot choose, for an entitlement.",
  simpleResolvers: true,
})
export class SessionView {
  @Field(() => ID, { description: "The UUID of the entitlement and the key of the run." })
  id!: string;

  @Field(() => CourseRunView, { description: "The run that can be chosen." })
  courseRun!: CourseRunView;

  @Field(() => Boolean, {
    description:
      "Whether the learner can choose the run: whether `enrollAndFulfill` or, for a redeemed entitlement, `switchSession` accepts it now.",
  })
  isAvailable!: boolean;

  @Field(() => SessionBlockerEnum, {
    nullable: true,
    description: "The reason why the learner cannot choose the run; null when the learner can.",
  })
  blocker!: SessionBlocker | null;

  @Field({ description: "Whether the entitlement is redeemed for this run now." })
  isCurrent!: boolean;
}

/** A run of the course as a choice, with the reason when it cannot be chosen. */
function toSessionView(choosing: Choosing, session: SessionFacts, now: Date): SessionView {
  const { run, enrollment } = session;
  const blocker = sessionBlocker(choosing, session, enrollment, now);
  return {
    id: `${choosing.id}:${run.key}`,
    courseRun: toCourseRun(run.key, run),
    isAvailable: blocker === null,
    blocker,
    isCurrent: isCurrentSession(choosing, enrollment),
  };
}

/** The sessions of an entitlement: the runs of its course, and first the current run where the catalog has lost it. */
export function toSessionViews(
  choosing: Choosing,
  enrollment: EnrollmentFacts | null,
  sessions: readonly SessionFacts[],
  now: Date,
): SessionView[] {
  const views = sessions.map((session) => toSessionView(choosing, session, now));
  if (!enrollment?.isActive || views.some(({ isCurrent }) => isCurrent)) return views;
  const { courseRunKey: key, run, mode } = enrollment;
  const seat = { isActive: true, mode, redeemedBy: [{ id: choosing.id, isRefundPending: false }] };
  const blocker = sessionBlocker(choosing, null, seat, now);
  const id = `${choosing.id}:${key}`;
  const courseRun = toCourseRun(key, run);
  return [{ id, courseRun, isAvailable: blocker === null, blocker, isCurrent: true }, ...views];
}

/** The run a card shows: the one it is redeemed for, else the first the learner can choose, else the latest. */
export function displayedRun(
  facts: EntitlementFacts,
  choosing: Choosing,
  sessions: readonly SessionFacts[],
  now: Date,
): CourseRun | null {
  if (facts.enrollment?.run) return facts.enrollment.run;
  const available = sessions.find((session) => toSessionView(choosing, session, now).isAvailable);
  return (available ?? sessions.at(-1))?.run ?? null;
}
