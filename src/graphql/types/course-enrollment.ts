import { Field, ID, ObjectType } from "type-graphql";
import type { EnrollmentFacts } from "../../reads/entitlement-facts";
import { DateTimeScalar } from "../scalars";
import { CourseRunView, toCourseRun } from "./course";

@ObjectType("CourseEnrollment", { description: "A learner's enrollment in a run.", simpleResolvers: true })
export class CourseEnrollmentView {
  @Field(() => ID, { description: "Its UUID." })
  id!: string;

  @Field(() => CourseRunView, { description: "The run." })
  courseRun!: CourseRunView;

  @Field({ description: "The course mode, such as `audit` or `verified`." })
  mode!: string;

  @Field({ description: "Whether the learner is enrolled now; leaving a run keeps the enrollment." })
  isActive!: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the learner first enrolled; enrolling again does not move it.",
  })
  enrolledAt!: Date | null;
}

/** An enrollment with its run. */
export function toEnrollmentView(enrollment: EnrollmentFacts): CourseEnrollmentView {
  const { id, mode, isActive, enrolledAt, courseRunKey, run } = enrollment;
  const courseRun = toCourseRun(courseRunKey, run);
  return Object.assign(new CourseEnrollmentView(), { id, mode, isActive, enrolledAt, courseRun });
}
