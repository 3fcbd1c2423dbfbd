import { Ctx, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import type { UselessnessWarning } from "../../../rules/order-rules";
import { transferEntitlement } from "../../../use-cases/entitlements/transfer-entitlement";
import type { Context } from "../../context";
import { CommandInput, Input } from "../../payload";
import { Reason, SeenHistoryEntry, Text, Uuid } from "../inputs";
import { Warnings, warningsOf } from "../../types/orders/order-warnings";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `transferEntitlement`." })
export class TransferEntitlementInput extends CommandInput {
  @Uuid("The UUID of the entitlement to transfer.")
  entitlementId!: string;

  @Text(150, "The username of the learner who is to have the entitlement, in upper or lower case.")
  username!: string;

  @Reason("The agent's comments on the change")
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `transferEntitlement`.", simpleResolvers: true })
export class TransferEntitlementPayload extends EntitlementPayload {}

@Resolver(() => TransferEntitlementPayload)
export class TransferEntitlementMutation {
  @Mutation(() => TransferEntitlementPayload, {
    nullable: true,
    description:
      "Transfers an entitlement to another learner, who can redeem it afterwards. The former learner leaves the run, if any, and alone keeps sight of what the entitlement was before. For staff.",
  })
  transferEntitlement(
    @Input(
      () => TransferEntitlementInput,
      "The entitlement, the learner who is to have it, and the comments of the agent.",
    )
    input: TransferEntitlementInput,
    @Ctx() context: Context,
  ): Promise<TransferEntitlementPayload> {
    return changeEntitlement(context, transferEntitlement, input);
  }

  @Warnings()
  warnings(
    @Root() given: TransferEntitlementPayload,
    @Ctx() context: Context,
  ): Promise<UselessnessWarning[] | null> {
    return warningsOf(given, context);
  }
}
