import { Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { CommandInput, Input, Payload, payload } from "../../payload";
import { deleteEntitlementPolicy } from "../../../use-cases/policies/delete-entitlement-policy";
import type { Context } from "../../context";
import { SeenHistoryEntry, Uuid } from "../inputs";

@InputType({ description: "The input fields of `deleteEntitlementPolicy`." })
export class DeleteEntitlementPolicyInput extends CommandInput {
  @Uuid("The UUID of the policy to delete.")
  policyId!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `deleteEntitlementPolicy`.", simpleResolvers: true })
export class DeleteEntitlementPolicyPayload extends Payload {
  @Field(() => ID, {
    nullable: true,
    description: "The UUID of the deleted policy; null when the mutation was refused.",
  })
  deletedPolicyId?: string | null;
}

@Resolver()
export class DeleteEntitlementPolicyMutation {
  @Mutation(() => DeleteEntitlementPolicyPayload, {
    nullable: true,
    description:
      "Deletes a policy that no entitlement has. A policy that entitlements have can be retired instead. For staff.",
  })
  deleteEntitlementPolicy(
    @Input(() => DeleteEntitlementPolicyInput, "The policy to delete.")
    input: DeleteEntitlementPolicyInput,
    @Ctx() context: Context,
  ): Promise<DeleteEntitlementPolicyPayload> {
    return payload(context, input, async (call, given) => ({
      deletedPolicyId: await deleteEntitlementPolicy(call, given),
    }));
  }
}
