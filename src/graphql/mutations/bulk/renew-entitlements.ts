import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { renewEntitlements } from "../../../use-cases/bulk/renew-entitlements";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { Reason } from "../inputs";
import { BulkPayload, changeMany, SelectionInput } from "../bulk";

@InputType({ description: "The input fields of `renewEntitlements`." })
export class RenewEntitlementsInput extends SelectionInput {
  @Reason("The agent's comments on the change")
  comments!: string;
}

@ObjectType({ description: "The result of `renewEntitlements`.", simpleResolvers: true })
export class RenewEntitlementsPayload extends BulkPayload {}

@Resolver()
export class RenewEntitlementsMutation {
  @Mutation(() => RenewEntitlementsPayload, {
    nullable: true,
    description:
      "Renews many entitlements at once whose expiration period is over or about to end. For support and staff. Each entitlement is changed completely or not at all, and none stops the others.",
  })
  renewEntitlements(
    @Input(() => RenewEntitlementsInput, "The entitlements to renew, and the comments of the agent.")
    input: RenewEntitlementsInput,
    @Ctx() context: Context,
  ): Promise<RenewEntitlementsPayload> {
    return changeMany(context, renewEntitlements, input);
  }
}
