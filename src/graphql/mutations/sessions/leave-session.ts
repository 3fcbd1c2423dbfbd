import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { leaveSession } from "../../../use-cases/sessions/leave-session";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { LearnerInput, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `leaveSession`." })
export class LeaveSessionInput extends LearnerInput {
  @Uuid("The UUID of the redeemed entitlement.")
  entitlementId!: string;
}

@ObjectType({ description: "The result of `leaveSession`.", simpleResolvers: true })
export class LeaveSessionPayload extends EntitlementPayload {}

@Resolver()
export class LeaveSessionMutation {
  @Mutation(() => LeaveSessionPayload, {
    nullable: true,
    description:
      "Ends the enrollment of a redeemed entitlement, so that the learner can redeem the entitlement again. The order is never refunded.",
  })
  leaveSession(
    @Input(() => LeaveSessionInput, "The entitlement whose run the learner leaves.")
    input: LeaveSessionInput,
    @Ctx() context: Context,
  ): Promise<LeaveSessionPayload> {
    return changeEntitlement(context, leaveSession, input);
  }
}
