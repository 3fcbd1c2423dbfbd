import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { IsIn, IsOptional } from "class-validator";
import { POLICY_MODES } from "../../../entities/course-entitlement-policy";
import { IsText } from "../../inputs";
import { createEntitlementPolicy } from "../../../use-cases/policies/create-entitlement-policy";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { PeriodsInput, periodsOf } from "../inputs";
import { changePolicy, PolicyPayload } from "../shared";

@InputType({ description: "The input fields of `createEntitlementPolicy`." })
export class CreateEntitlementPolicyInput extends PeriodsInput {
  @Field(() => String, {
    nullable: true,
    description:
      "The course mode: `verified`, or `professional` for both professional modes; null for any mode.",
  })
  @IsOptional()
  @IsIn(POLICY_MODES, { message: `must be one of ${POLICY_MODES.join(", ")}` })
  mode?: string | null;

  @Field(() => String, { nullable: true, description: "The host name of the site; null for any site." })
  @IsOptional()
  @IsText(100)
  siteDomain?: string | null;
}

@ObjectType({ description: "The result of `createEntitlementPolicy`.", simpleResolvers: true })
export class CreateEntitlementPolicyPayload extends PolicyPayload {}

@Resolver()
export class CreateEntitlementPolicyMutation {
  @Mutation(() => CreateEntitlementPolicyPayload, {
    nullable: true,
    description: "Creates a policy for the new entitlements of a site and mode. For staff.",
  })
  createEntitlementPolicy(
    @Input(
      () => CreateEntitlementPolicyInput,
      "The policy to create. The default period stands in for each period that is not given.",
    )
    input: CreateEntitlementPolicyInput,
    @Ctx() context: Context,
  ): Promise<CreateEntitlementPolicyPayload> {
    const { dryRun, mode = null, siteDomain = null } = input;
    const periods = periodsOf(input);
    return changePolicy(context, createEntitlementPolicy, { dryRun, mode, siteDomain, periods });
  }
}
