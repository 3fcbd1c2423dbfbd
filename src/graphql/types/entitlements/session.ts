import { Field, ID, ObjectType } from "type-graphql";
import type { EntitlementFacts } from "../../../reads/entitlement-facts";
import type { CourseRun } from "../../../entities/course-run";
import type { SessionFacts } from "../../../reads/sessions";
import { sessionBlocker, type SessionBlocker } from "../../../rules/run-rules";
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

  @Field(() => Boolean, { description: "Whether the learner may choose the run for the entitlement." })
  isAvailable!: boolean;

  @Field(() => SessionBlockerEnum, {
    nullable: true,
    description: "The reason why the learner cannot choose the run; null when the learner can.",
  })
  blocker!: SessionBlocker | null;

  @Field({ description: "Whether the entitlement is redeemed for this run now." })
  isCurrent!: boolean;
}

/** A run of the course as a choice, or why it is none. */
export function toSessionView(facts: EntitlementFacts, session: SessionFacts, now: Date): SessionView {
  const { run, enrollment } = session;
  const isCurrent = facts.enrollment?.courseRunKey === run.key;
  const blocker = sessionBlocker(session, facts.mode, enrollment, isCurrent, now);
  return {
    id: `${facts.id}:${run.key}`,
    courseRun: toCourseRun(run.key, run),
    isAvailable: blocker === null,
    blocker,
    isCurrent,
  };
}

/** The run a card shows: the one it is spent on, else the first the learner may choose, else the latest. */
export function displayedRun(
  facts: EntitlementFacts,
  sessions: readonly SessionFacts[],
  now: Date,
): CourseRun | null {
  if (facts.enrollment?.run) return facts.enrollment.run;
  const available = sessions.find((session) => toSessionView(facts, session, now).isAvailable);
  return (available ?? sessions.at(-1))?.run ?? null;
}
