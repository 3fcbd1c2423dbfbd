import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { updateEntitlementPolicy } from "../../../use-cases/policies/update-entitlement-policy";
import type { Context } from "../../context";
import { PeriodsInput, SeenHistoryEntry, Uuid, periodsOf } from "../inputs";
import { changePolicy, PolicyPayload } from "../shared";

@InputType({ description: "The input fields of `updateEntitlementPolicy`." })
export class UpdateEntitlementPolicyInput extends PeriodsInput {
  @Uuid("The UUID of the policy to change.")
  policyId!: string;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the policy is retired, so that new entitlements no longer get it.",
  })
  isRetired?: boolean | null;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `updateEntitlementPolicy`.", simpleResolvers: true })
export class UpdateEntitlementPolicyPayload extends PolicyPayload {}

@Resolver()
export class UpdateEntitlementPolicyMutation {
  @Mutation(() => UpdateEntitlementPolicyPayload, {
    nullable: true,
    description:
      "Changes the periods of a policy for all entitlements that have it, or retires the policy. For staff.",
  })
  updateEntitlementPolicy(
    @Arg("input", () => UpdateEntitlementPolicyInput, {
      description:
        "The policy to change, and what to change of it. A field that is not given stays as it is.",
    })
    input: UpdateEntitlementPolicyInput,
    @Ctx() context: Context,
  ): Promise<UpdateEntitlementPolicyPayload> {
    const { dryRun, policyId, expectedHistoryEntryId, isRetired = null } = input;
    const seen = { policyId, expectedHistoryEntryId };
    const periods = periodsOf(input);
    return changePolicy(context, updateEntitlementPolicy, { dryRun, ...seen, isRetired, periods });
  }
}
