import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { expireEntitlements } from "../../../use-cases/bulk/expire-entitlements";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { Reason } from "../inputs";
import { BulkPayload, changeMany, SelectionInput } from "../bulk";

@InputType({ description: "The input fields of `expireEntitlements`." })
export class ExpireEntitlementsInput extends SelectionInput {
  @Reason("The agent's comments on the change")
  comments!: string;
}

@ObjectType({ description: "The result of `expireEntitlements`.", simpleResolvers: true })
export class ExpireEntitlementsPayload extends BulkPayload {}

@Resolver()
export class ExpireEntitlementsMutation {
  @Mutation(() => ExpireEntitlementsPayload, {
    nullable: true,
    description:
      "Expires many entitlements at once, and the learners leave their runs. For support and staff. Each entitlement is changed completely or not at all, and none stops the others.",
  })
  expireEntitlements(
    @Input(() => ExpireEntitlementsInput, "The entitlements to expire, and the comments of the agent.")
    input: ExpireEntitlementsInput,
    @Ctx() context: Context,
  ): Promise<ExpireEntitlementsPayload> {
    return changeMany(context, expireEntitlements, input);
  }
}
