import { Field, ID, ObjectType } from "type-graphql";
import { enrollmentsById, type EnrollmentFacts } from "../../reads/enrollments";
import type { Context } from "../context";
import { DateTimeScalar } from "../scalars";
import { CourseRunView, toCourseRun } from "./course";

@ObjectType("CourseEnrollment", {
  description: "The enrollment of a learner in a run.",
  simpleResolvers: true,
})
export class CourseEnrollmentView {
  @Field(() => ID, { description: "The UUID of the enrollment." })
  id!: string;

  @Field(() => CourseRunView, { description: "The run in which the learner is enrolled." })
  courseRun!: CourseRunView;

  @Field({ description: "The course mode of the enrollment, such as `audit` or `verified`." })
  mode!: string;

  @Field({ description: "Whether the learner is enrolled now; false after the learner has left the run." })
  isActive!: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which the learner first enrolled, which a later enrollment does not change; null when it is not known.",
  })
  enrolledAt!: Date | null;
}

/** An enrollment with its run. */
export function toEnrollmentView(enrollment: EnrollmentFacts): CourseEnrollmentView {
  const { id, mode, isActive, createdAt: enrolledAt, courseRunKey, run } = enrollment;
  const courseRun = toCourseRun(courseRunKey, run);
  return Object.assign(new CourseEnrollmentView(), { id, mode, isActive, enrolledAt, courseRun });
}

/** The enrollment with this id, or null: one statement for all that a request asks for. */
export async function enrollmentOf(
  { app, loaders }: Context,
  id: string,
): Promise<CourseEnrollmentView | null> {
  const enrollment = await loaders.named("enrollments", (ids) => enrollmentsById(app.db, ids)).load(id);
  return enrollment && toEnrollmentView(enrollment);
}
