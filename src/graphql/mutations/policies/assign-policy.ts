import { IsOptional } from "class-validator";
import { Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { assignPolicy } from "../../../use-cases/policies/assign-policy";
import type { Context } from "../../context";
import { IsUuid } from "../../inputs";
import { CommandInput, Input } from "../../payload";
import { Reason, SeenHistoryEntry, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `assignPolicy`." })
export class AssignPolicyInput extends CommandInput {
  @Uuid("The UUID of the entitlement.")
  entitlementId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "The UUID of the new policy; null for the default policy of the installation.",
  })
  @IsOptional()
  @IsUuid()
  policyId?: string | null;

  @Reason("The agent's comments on the change")
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `assignPolicy`.", simpleResolvers: true })
export class AssignPolicyPayload extends EntitlementPayload {}

@Resolver()
export class AssignPolicyMutation {
  @Mutation(() => AssignPolicyPayload, {
    nullable: true,
    description:
      "Gives an entitlement another policy. Its periods count from the same instants as before. A policy by which the entitlement would expire at once is refused. For staff.",
  })
  assignPolicy(
    @Input(() => AssignPolicyInput, "The entitlement, its new policy, and the comments of the agent.")
    input: AssignPolicyInput,
    @Ctx() context: Context,
  ): Promise<AssignPolicyPayload> {
    const { policyId = null, ...same } = input;
    return changeEntitlement(context, assignPolicy, { ...same, policyId });
  }
}
