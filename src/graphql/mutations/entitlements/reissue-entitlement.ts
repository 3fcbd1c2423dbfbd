import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { reissueEntitlement } from "../../../use-cases/entitlements/reissue-entitlement";
import type { Context } from "../../context";
import { CommandInput, Input } from "../../payload";
import { Reason, SeenHistoryEntry, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `reissueEntitlement`." })
export class ReissueEntitlementInput extends CommandInput {
  @Uuid("The UUID of the entitlement to reissue.")
  entitlementId!: string;

  @Reason("The agent's comments on the change")
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether to lock refunds of the order; by default, if it could not be refunded just before. Where an entitlement has expired and `expiryCause` is null, find out whether the order was refunded then before you give `false`.",
  })
  refundLocked?: boolean | null;

  @Field({
    defaultValue: false,
    description:
      "Whether the expiration period of the entitlement begins again now. Without it, an entitlement that is too old to be redeemed is refused.",
  })
  renew!: boolean;
}

@ObjectType({ description: "The result of `reissueEntitlement`.", simpleResolvers: true })
export class ReissueEntitlementPayload extends EntitlementPayload {}

@Resolver()
export class ReissueEntitlementMutation {
  @Mutation(() => ReissueEntitlementPayload, {
    nullable: true,
    description:
      "Reissues an entitlement that has expired or is redeemed: the learner leaves the run, if any, and can redeem the entitlement again. For support and staff.",
  })
  reissueEntitlement(
    @Input(() => ReissueEntitlementInput, "The entitlement to reissue, and the comments of the agent.")
    input: ReissueEntitlementInput,
    @Ctx() context: Context,
  ): Promise<ReissueEntitlementPayload> {
    return changeEntitlement(context, reissueEntitlement, input);
  }
}
