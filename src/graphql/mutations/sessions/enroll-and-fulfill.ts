import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { enrollAndFulfill } from "../../../use-cases/sessions/enroll-and-fulfill";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { CourseRunKey, LearnerInput, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `enrollAndFulfill`." })
export class EnrollAndFulfillInput extends LearnerInput {
  @Uuid("The UUID of the entitlement to redeem.")
  entitlementId!: string;

  @CourseRunKey("The key of the course run, such as `course-v1:DemoX+101+2026`.")
  courseRunKey!: string;
}

@ObjectType({ description: "The result of `enrollAndFulfill`.", simpleResolvers: true })
export class EnrollAndFulfillPayload extends EntitlementPayload {}

@Resolver()
export class EnrollAndFulfillMutation {
  @Mutation(() => EnrollAndFulfillPayload, {
    nullable: true,
    description:
      "Redeems an entitlement for a course run: enrolls the learner in the mode of the entitlement, or upgrades a free enrollment that the learner has.",
  })
  enrollAndFulfill(
    @Input(() => EnrollAndFulfillInput, "The entitlement to redeem, and the run to enroll in.")
    input: EnrollAndFulfillInput,
    @Ctx() context: Context,
  ): Promise<EnrollAndFulfillPayload> {
    return changeEntitlement(context, enrollAndFulfill, input);
  }
}
