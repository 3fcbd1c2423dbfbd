import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { changeEntitlementMode } from "../../../use-cases/entitlements/change-entitlement-mode";
import type { Context } from "../../context";
import { CommandInput } from "../../payload";
import { Reason, SeenHistoryEntry, Text, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `changeEntitlementMode`." })
export class ChangeEntitlementModeInput extends CommandInput {
  @Text(128, "The exact order number of the shop.")
  orderNumber!: string;

  @Uuid("The UUID of the course.")
  courseUuid!: string;

  @Text(100, "The new course mode.")
  mode!: string;

  @Field({ defaultValue: false, description: "Whether the new mode may be a mode that is not sold." })
  acceptAnyMode!: boolean;

  @Reason("The agent's comments on the change")
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `changeEntitlementMode`.", simpleResolvers: true })
export class ChangeEntitlementModePayload extends EntitlementPayload {}

@Resolver()
export class ChangeEntitlementModeMutation {
  @Mutation(() => ChangeEntitlementModePayload, {
    nullable: true,
    description:
      "Changes the course mode of the entitlement of an order. Its policy and its run stay as they are. For staff.",
  })
  changeEntitlementMode(
    @Arg("input", () => ChangeEntitlementModeInput, {
      description:
        "The order and the course of the entitlement, its new mode, and the comments of the agent.",
    })
    input: ChangeEntitlementModeInput,
    @Ctx() context: Context,
  ): Promise<ChangeEntitlementModePayload> {
    return changeEntitlement(context, changeEntitlementMode, input);
  }
}
