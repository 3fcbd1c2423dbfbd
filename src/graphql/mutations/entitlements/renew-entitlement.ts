import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { renewEntitlement } from "../../../use-cases/entitlements/renew-entitlement";
import type { Context } from "../../context";
import { CommandInput, Input } from "../../payload";
import { Reason, SeenHistoryEntry, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `renewEntitlement`." })
export class RenewEntitlementInput extends CommandInput {
  @Uuid("The UUID of the entitlement to renew.")
  entitlementId!: string;

  @Reason("The agent's comments on the change")
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `renewEntitlement`.", simpleResolvers: true })
export class RenewEntitlementPayload extends EntitlementPayload {}

@Resolver()
export class RenewEntitlementMutation {
  @Mutation(() => RenewEntitlementPayload, {
    nullable: true,
    description:
      "Renews an entitlement whose expiration period is over or about to end: the period begins again now. Refunds do not become possible again. For support and staff.",
  })
  renewEntitlement(
    @Input(() => RenewEntitlementInput, "The entitlement to renew, and the comments of the agent.")
    input: RenewEntitlementInput,
    @Ctx() context: Context,
  ): Promise<RenewEntitlementPayload> {
    return changeEntitlement(context, renewEntitlement, input);
  }
}
