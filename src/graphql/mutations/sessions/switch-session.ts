import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { switchSession } from "../../../use-cases/sessions/switch-session";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { CourseRunKey, LearnerInput, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `switchSession`." })
export class SwitchSessionInput extends LearnerInput {
  @Uuid("The UUID of the redeemed entitlement.")
  entitlementId!: string;

  @CourseRunKey("The key of the new course run, such as `course-v1:DemoX+101+2026`.")
  courseRunKey!: string;
}

@ObjectType({ description: "The result of `switchSession`.", simpleResolvers: true })
export class SwitchSessionPayload extends EntitlementPayload {}

@Resolver()
export class SwitchSessionMutation {
  @Mutation(() => SwitchSessionPayload, {
    nullable: true,
    description:
      "Moves the learner of a redeemed entitlement to another run of the course. When the new run is refused, the learner stays in the current run.",
  })
  switchSession(
    @Input(() => SwitchSessionInput, "The entitlement, and the run to move to.")
    input: SwitchSessionInput,
    @Ctx() context: Context,
  ): Promise<SwitchSessionPayload> {
    return changeEntitlement(context, switchSession, input);
  }
}
