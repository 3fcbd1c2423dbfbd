import { IsOptional } from "class-validator";
import { Ctx, Field, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import type { UselessnessWarning } from "../../../rules/order-rules";
import { grantEntitlement } from "../../../use-cases/entitlements/grant-entitlement";
import type { Context } from "../../context";
import { IsText } from "../../inputs";
import { CommandInput, Input } from "../../payload";
import { Reason, Text, Uuid } from "../inputs";
import { Warnings, warningsOf } from "../../types/orders/order-warnings";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `grantEntitlement`." })
export class GrantEntitlementInput extends CommandInput {
  @Text(150, "The username of the learner, in upper or lower case.")
  username!: string;

  @Uuid("The UUID of the course.")
  courseUuid!: string;

  @Text(100, "The course mode of the entitlement, which must be a mode that is sold.")
  mode!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The order number of the shop, where an agent fulfills an order by hand; an order has at most one entitlement for each course. Without it, the entitlement has no order and can never be refunded.",
  })
  @IsOptional()
  @IsText(128)
  orderNumber?: string | null;

  @Field({
    defaultValue: true,
    description: "Whether refunds of the order are locked from the start.",
  })
  refundLocked!: boolean;

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
      "Grants a learner an entitlement, with or without an order of the shop. The same order and course again return the same entitlement. Unless an order is given and its refunds are not locked, it can be redeemed, but never refunded. For support and staff.",
  })
  grantEntitlement(
    @Input(() => GrantEntitlementInput, "The learner, the entitlement to grant, and the agent's comments.")
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
