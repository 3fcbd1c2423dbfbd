import { Field, ID, ObjectType } from "type-graphql";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import type { RunFacts } from "../../reads/run-facts";
import type { SessionFacts } from "../../reads/sessions";
import { sessionBlocker, type SessionBlocker } from "../../rules/run-rules";
import { SessionBlockerEnum } from "../enums";
import { CourseRunView, toCourseRun } from "./course";

@ObjectType("Session", { description: "A run as a choice for an entitlement.", simpleResolvers: true })
export class SessionView {
  @Field(() => ID, { description: "The entitlement and the run it is a choice for." })
  id!: string;

  @Field(() => CourseRunView, { description: "The run." })
  courseRun!: CourseRunView;

  @Field(() => Boolean, { description: "Whether the learner may choose it." })
  isAvailable!: boolean;

  @Field(() => SessionBlockerEnum, {
    nullable: true,
    description: "Why the learner cannot choose it; null when they can.",
  })
  blocker!: SessionBlocker | null;

  @Field({ description: "Whether the entitlement is spent on it now." })
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
): RunFacts | null {
  if (facts.enrollment?.run) return facts.enrollment.run;
  const available = sessions.find((session) => toSessionView(facts, session, now).isAvailable);
  return (available ?? sessions.at(-1))?.run ?? null;
}
