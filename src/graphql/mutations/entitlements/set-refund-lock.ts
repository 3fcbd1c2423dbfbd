import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { setRefundLock } from "../../../use-cases/entitlements/set-refund-lock";
import type { Context } from "../../context";
import { CommandInput, Input } from "../../payload";
import { Reason, SeenHistoryEntry, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `setRefundLock`." })
export class SetRefundLockInput extends CommandInput {
  @Uuid("The UUID of the entitlement.")
  entitlementId!: string;

  @Field({ description: "Whether refunds of the order are locked from now on." })
  isLocked!: boolean;

  @Reason("The agent's comments on the change")
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `setRefundLock`.", simpleResolvers: true })
export class SetRefundLockPayload extends EntitlementPayload {}

@Resolver()
export class SetRefundLockMutation {
  @Mutation(() => SetRefundLockPayload, {
    nullable: true,
    description: "Locks or unlocks refunds of the order of an entitlement. For support and staff.",
  })
  setRefundLock(
    @Input(
      () => SetRefundLockInput,
      "The entitlement, whether to lock refunds of its order, and the comments of the agent.",
    )
    input: SetRefundLockInput,
    @Ctx() context: Context,
  ): Promise<SetRefundLockPayload> {
    return changeEntitlement(context, setRefundLock, input);
  }
}
