import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { enrollIfEntitled } from "../../../use-cases/sessions/enroll-if-entitled";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { CourseRunKey, LearnerInput } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `enrollIfEntitled`." })
export class EnrollIfEntitledInput extends LearnerInput {
  @CourseRunKey("The key of the course run, such as `course-v1:DemoX+101+2026`.")
  courseRunKey!: string;
}

@ObjectType({
  description:
    "The result of `enrollIfEntitled`. When the caller has no entitlement for the run, both `entitlement` is null and `userErrors` is empty.",
  simpleResolvers: true,
})
export class EnrollIfEntitledPayload extends EntitlementPayload {}

@Resolver()
export class EnrollIfEntitledMutation {
  @Mutation(() => EnrollIfEntitledPayload, {
    nullable: true,
    description:
      "Redeems the caller's newest usable entitlement for a course run, if there is one. An enroll button sends this mutation first, and enrolls the learner without an entitlement when none was redeemed.",
  })
  enrollIfEntitled(
    @Input(() => EnrollIfEntitledInput, "The run to enroll in.")
    input: EnrollIfEntitledInput,
    @Ctx() context: Context,
  ): Promise<EnrollIfEntitledPayload> {
    return changeEntitlement(context, enrollIfEntitled, input);
  }
}
