import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { revokeEntitlement } from "../../../use-cases/entitlements/revoke-entitlement";
import type { Context } from "../../context";
import { CommandInput, Input } from "../../payload";
import { Downgrade, MoneyReturned, Reason, SpareCompleted, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `revokeEntitlement`." })
export class RevokeEntitlementInput extends CommandInput {
  @Uuid("The UUID of the entitlement to revoke.")
  entitlementId!: string;

  @Reason("The words in which the caller says why the entitlement is revoked")
  reason!: string;

  @MoneyReturned()
  moneyReturned!: boolean;

  @Downgrade()
  downgrade!: boolean;

  @SpareCompleted()
  spareCompleted!: boolean;
}

@ObjectType({ description: "The result of `revokeEntitlement`.", simpleResolvers: true })
export class RevokeEntitlementPayload extends EntitlementPayload {}

@Resolver()
export class RevokeEntitlementMutation {
  @Mutation(() => RevokeEntitlementPayload, {
    nullable: true,
    description:
      "Revokes an entitlement, usually because its order was refunded elsewhere (see `moneyReturned`): the entitlement expires and the learner leaves the run, if any. For services, support and staff.",
  })
  revokeEntitlement(
    @Input(() => RevokeEntitlementInput, "The entitlement to revoke, and the reason.")
    input: RevokeEntitlementInput,
    @Ctx() context: Context,
  ): Promise<RevokeEntitlementPayload> {
    return changeEntitlement(context, revokeEntitlement, input);
  }
}
