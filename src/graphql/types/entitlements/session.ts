import { Field, ID, ObjectType } from "type-graphql";
import type { EnrollmentFacts } from "../../../reads/enrollments";
import type { EntitlementFacts } from "../../../reads/entitlement-facts";
import type { CourseRun } from "../../../entities/course-run";
import type { SessionFacts } from "../../../reads/sessions";
import { sessionBlocker, type Choosing, type SessionBlocker } from "../../../rules/session-rules";
import { SessionBlockerEnum } from "../../enums";
import { CourseRunView, toCourseRun, type ShownRun } from "../course";

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
function toSessionView(
  choosing: Choosing,
  key: string,
  run: CourseRun | null,
  blocker: SessionBlocker | null,
): SessionView {
  return {
    id: `${choosing.id}:${key}`,
    courseRun: toCourseRun(key, run),
    isAvailable: blocker === null,
    blocker,
    isCurrent: key === choosing.currentRunKey,
  };
}

/** The sessions of an entitlement: the runs of its course, and first the current run where the catalog has lost it. */
export function toSessionViews(
  choosing: Choosing,
  enrollment: EnrollmentFacts | null,
  sessions: readonly SessionFacts[],
  now: Date,
): SessionView[] {
  const views = sessions.map((session) =>
    toSessionView(choosing, session.run.key, session.run, blockerOf(choosing, session, now)),
  );
  const { currentRunKey } = choosing;
  if (currentRunKey === null || views.some(({ isCurrent }) => isCurrent)) return views;
  const blocker = sessionBlocker(choosing, currentRunKey, null, null, now);
  return [toSessionView(choosing, currentRunKey, enrollment?.run ?? null, blocker), ...views];
}

/** The run a card shows: the one it is redeemed for, else the first the learner can choose, else the latest. */
export function displayedRun(
  facts: EntitlementFacts,
  choosing: Choosing,
  sessions: readonly SessionFacts[],
  now: Date,
): ShownRun | null {
  const { currentRunKey } = choosing;
  if (currentRunKey !== null) return facts.enrollment?.run ?? { key: currentRunKey };
  const available = sessions.find((session) => blockerOf(choosing, session, now) === null);
  return (available ?? sessions.at(-1))?.run ?? null;
}

function blockerOf(choosing: Choosing, session: SessionFacts, now: Date): SessionBlocker | null {
  return sessionBlocker(choosing, session.run.key, session, session.enrollment, now);
}
