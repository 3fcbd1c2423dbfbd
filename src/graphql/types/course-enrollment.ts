import { Field, ID, ObjectType } from "type-graphql";
import type { CertificateFacts, EnrollmentFacts } from "../../reads/enrollments";
import { atInstant } from "./past";
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

@ObjectType("Certificate", {
  description: "The certificate of a learner for a run, as the LMS has told of it.",
  simpleResolvers: true,
})
export class CertificateView {
  @Field(() => ID, { description: "The UUID of the certificate." })
  id!: string;

  @Field(() => CourseRunView, { description: "The run for which it is the certificate." })
  courseRun!: CourseRunView;

  @Field(() => String, {
    nullable: true,
    description:
      "The status of the certificate in the LMS, such as `downloadable`; null when the LMS has said that there is none.",
  })
  status!: string | null;
}

/** A certificate with its run, as they were at an instant. */
export function toCertificateView(
  { id, status, courseRunKey, run }: CertificateFacts,
  instant: Date,
): CertificateView {
  const courseRun = atInstant(toCourseRun(courseRunKey, run), instant);
  return atInstant(Object.assign(new CertificateView(), { id, status, courseRun }), instant);
}

/** An enrollment with its run, as they are now or were at an instant. */
export function toEnrollmentView(
  enrollment: EnrollmentFacts,
  asOf: Date | null = null,
): CourseEnrollmentView {
  const { id, mode, isActive, createdAt: enrolledAt, courseRunKey, run } = enrollment;
  const courseRun = atInstant(toCourseRun(courseRunKey, run), asOf);
  const view = Object.assign(new CourseEnrollmentView(), { id, mode, isActive, enrolledAt, courseRun });
  return atInstant(view, asOf);
}
