import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { revertEntitlement } from "../../../use-cases/entitlements/revert-entitlement";
import type { Context } from "../../context";
import { CommandInput, Input } from "../../payload";
import { HistoryEntryId, Reason, SeenHistoryEntry, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `revertEntitlement`." })
export class RevertEntitlementInput extends CommandInput {
  @Uuid("The UUID of the entitlement.")
  entitlementId!: string;

  @HistoryEntryId("The id of the history entry of the entitlement whose state is restored.")
  historyEntryId!: string;

  @Reason("The agent's comments on the change")
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `revertEntitlement`.", simpleResolvers: true })
export class RevertEntitlementPayload extends EntitlementPayload {}

@Resolver()
export class RevertEntitlementMutation {
  @Mutation(() => RevertEntitlementPayload, {
    nullable: true,
    description:
      "Restores an earlier state of an entitlement from its history, all but the instants of its creation and change. A state that could not be redeemed any more is refused, and one whose redemption is final by now has expired. Where the LMS refuses to enroll the learner again, the entitlement is not redeemed, and has not expired if it had not before. Reverting to the entry before undoes it. For support and staff.",
  })
  revertEntitlement(
    @Input(
      () => RevertEntitlementInput,
      "The entitlement, the history entry to restore, and the comments of the agent.",
    )
    input: RevertEntitlementInput,
    @Ctx() context: Context,
  ): Promise<RevertEntitlementPayload> {
    return changeEntitlement(context, revertEntitlement, input);
  }
}
