import { Field, ID, ObjectType } from "type-graphql";
import type { OrderWarning } from "../../../rules/order-rules";
import { CourseView } from "../catalog";
import { CourseRunView } from "../course";
import { CourseEnrollmentView } from "../course-enrollment";
import { OrderWarningEnum } from "./order-warnings";
import { CourseEntitlementView } from "../entitlements/course-entitlement";

@ObjectType("OrderPreview", {
  description: "The effect that the fulfillment of an order would have for one course.",
  simpleResolvers: true,
})
export class OrderPreviewView {
  @Field(() => ID, { description: "The UUID of the course." })
  id!: string;

  @Field(() => CourseView, { description: "The course, as the catalog describes it." })
  course!: CourseView;

  @Field(() => [OrderWarningEnum], {
    description: "The warnings about the sale of the course to the learner; empty without any.",
  })
  warnings!: OrderWarning[];

  @Field(() => CourseRunView, {
    nullable: true,
    description:
      "The run in which the free enrollment of the learner would be upgraded at once; null when the entitlement would wait to be redeemed.",
  })
  redeemedRun!: CourseRunView | null;

  @Field(() => [CourseRunView], {
    description:
      "The runs with a free enrollment of the learner that could be upgraded, when there are several of them.",
  })
  upgradeableRuns!: CourseRunView[];

  @Field(() => [CourseEntitlementView], {
    description: "The entitlements of the learner for the course that have not expired, the newest first.",
  })
  entitlements!: CourseEntitlementView[];

  @Field(() => [CourseEnrollmentView], {
    description:
      "The enrollments of the learner in runs of the course, ended ones included, the newest first.",
  })
  enrollments!: CourseEnrollmentView[];
}
