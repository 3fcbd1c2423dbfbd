import { Field, ID, Int, ObjectType } from "type-graphql";
import type { EnrollmentCallFacts } from "../../reads/lms/enrollment-calls";
import { wishOf, type CallState, type EnrollmentWish } from "../../rules/lms/enrollment-call-rules";
import { publish } from "../enums";
import { connectionType } from "../pages/connection";
import { DateTimeScalar } from "../scalars";
import { CourseRunView, toCourseRun } from "./course";
import { Node } from "./node";
import { UserView } from "./user";

export const EnrollmentCallStateEnum = publish<CallState>(
  "EnrollmentCallState",
  "The state of a call by which the LMS is asked to change an enrollment.",
  {
    REQUESTED: "The first attempt to ask the LMS is being made.",
    IN_DOUBT:
      "The LMS has not yet changed the enrollment, or has not said so; the server asks again at `nextAttemptAt`.",
    DONE: "The LMS has the enrollment as it was asked for.",
    REFUSED: "The LMS has refused, or has the enrollment in a mode that belongs to another purchase.",
    NEEDS_REVIEW:
      "The LMS was asked for 24 hours and has not done it; an agent should look into it and use `retryEnrollmentCall`.",
  },
);

const EnrollmentWishEnum = publish<EnrollmentWish>(
  "EnrollmentWish",
  "The change of an enrollment that the LMS is asked for.",
  {
    ENROLL: "The learner is to be enrolled in the run in the mode `mode`.",
    CHANGE_MODE: "The mode of the enrollment is to become `mode`, if the learner is still enrolled.",
    END: "The enrollment is to end: the learner has left, or the entitlement was refunded, revoked or has expired.",
  },
);

@ObjectType("EnrollmentCall", {
  implements: Node,
  description:
    "A call by which the LMS is asked to change an enrollment: the latest one, as a later wish replaces an earlier one.",
  simpleResolvers: true,
})
export class EnrollmentCallView implements Node {
  @Field(() => ID, { description: "The UUID of the call, which is that of the enrollment." })
  id!: string;

  @Field(() => UserView, { description: "The learner of the enrollment." })
  user!: UserView;

  @Field(() => CourseRunView, { description: "The run of the enrollment." })
  courseRun!: CourseRunView;

  @Field(() => EnrollmentWishEnum, { description: "The change that the LMS is asked for." })
  wish!: EnrollmentWish;

  @Field(() => String, {
    nullable: true,
    description: "The course mode that is wanted; null when the enrollment is to end.",
  })
  mode!: string | null;

  @Field(() => EnrollmentCallStateEnum, { description: "The state of the call." })
  state!: CallState;

  @Field(() => Int, {
    description:
      "The number of attempts to ask the LMS, the current one and those of earlier calls for the same enrollment included.",
  })
  attempts!: number;

  @Field(() => String, {
    nullable: true,
    description:
      "The reason why the last attempt did not succeed, as a code such as `NOT_ALLOWED`, `HTTP_503` or `ECONNREFUSED`, which docs/open-edx.md lists; null when there is none.",
  })
  detail!: string | null;

  @Field(() => DateTimeScalar, { description: "The instant at which the change was decided." })
  createdAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which an agent last had the LMS asked again, from which the 24 hours begin again; null when nobody has.",
  })
  retriedAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which the server asks the LMS again unless an answer arrives before; null when the LMS is no longer asked.",
  })
  nextAttemptAt!: Date | null;

  @Field(() => DateTimeScalar, { description: "The instant at which the call was last changed." })
  modifiedAt!: Date;

  /** Whose change it is; null where that was not recorded. */
  entitlementId!: string | null;
}

const Base = connectionType("EnrollmentCall", EnrollmentCallView);

@ObjectType("EnrollmentCallConnection", {
  description: "A page of calls by which the LMS is asked to change enrollments.",
  simpleResolvers: true,
})
export class EnrollmentCallConnection extends Base {
  /** Counts what the list would hold without pages. */
  count!: () => Promise<number>;
}

/** A call as clients see it. */
export function toEnrollmentCallView(facts: EnrollmentCallFacts): EnrollmentCallView {
  const { attempt, userId, username, courseRunKey, run, mayEnroll: _, ...call } = facts;
  return Object.assign(new EnrollmentCallView(), call, {
    user: { id: userId, username },
    courseRun: toCourseRun(courseRunKey, run),
    wish: wishOf(facts),
    attempts: attempt,
  });
}
