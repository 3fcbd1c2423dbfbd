import { Arg, Ctx, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import type { UselessnessWarning } from "../../../rules/order-rules";
import { grantEntitlement } from "../../../use-cases/entitlements/grant-entitlement";
import type { Context } from "../../context";
import { CommandInput } from "../../payload";
import { Reason, Text, Uuid } from "../inputs";
import { Warnings, warningsOf } from "../../types/orders/order-warnings";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `grantEntitlement`." })
export class GrantEntitlementInput extends CommandInput {
  @Text(150, "The username of the learner, in any case.")
  username!: string;

  @Uuid("The UUID of the course.")
  courseUuid!: string;

  @Text(100, "The course mode of the entitlement, which must be a mode that is sold.")
  mode!: string;

  @Reason("The agent's comments on the change")
  comments!: string;
}

@ObjectType({ description: "The result of `grantEntitlement`.", simpleResolvers: true })
export class GrantEntitlementPayload extends EntitlementPayload {}

@Resolver(() => GrantEntitlementPayload)
export class GrantEntitlementMutation {
  @Mutation(() => GrantEntitlementPayload, {
    nullable: true,
    description:
      "Grants a learner an entitlement without an order. It can be redeemed, but never refunded. For support and staff.",
  })
  grantEntitlement(
    @Arg("input", () => GrantEntitlementInput, {
      description: "The learner and the entitlement to grant, and the comments of the agent.",
    })
    input: GrantEntitlementInput,
    @Ctx() context: Context,
  ): Promise<GrantEntitlementPayload> {
    return changeEntitlement(context, grantEntitlement, input);
  }

  @Warnings()
  warnings(
    @Root() given: GrantEntitlementPayload,
    @Ctx() context: Context,
  ): Promise<UselessnessWarning[] | null> {
    return warningsOf(given, context);
  }
}
