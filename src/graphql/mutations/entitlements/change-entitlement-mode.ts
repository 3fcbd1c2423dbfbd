import { IsOptional } from "class-validator";
import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { changeEntitlementMode } from "../../../use-cases/entitlements/change-entitlement-mode";
import { badInput } from "../../bad-input";
import type { Context } from "../../context";
import { IsText } from "../../inputs";
import { CommandInput, Input } from "../../payload";
import { OptionalUuid, Reason, SeenHistoryEntry, Text } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `changeEntitlementMode`." })
export class ChangeEntitlementModeInput extends CommandInput {
  @OptionalUuid(
    "The UUID of the entitlement; required unless the entitlement is given by `orderNumber` and `courseUuid`.",
  )
  entitlementId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The exact order number of the shop; given together with `courseUuid`.",
  })
  @IsOptional()
  @IsText(128)
  orderNumber?: string | null;

  @OptionalUuid("The UUID of the course; given together with `orderNumber`.")
  courseUuid?: string | null;

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
      "Changes the course mode of an entitlement, which is given by its id or by its order and course. Its policy and its run stay as they are. For staff.",
  })
  changeEntitlementMode(
    @Input(
      () => ChangeEntitlementModeInput,
      "The entitlement or its order and course, its new mode, and the comments of the agent.",
    )
    input: ChangeEntitlementModeInput,
    @Ctx() context: Context,
  ): Promise<ChangeEntitlementModePayload> {
    const { entitlementId, orderNumber, courseUuid } = input;
    const isByOrder = !entitlementId && !!orderNumber && !!courseUuid;
    if (!isByOrder && (!entitlementId || orderNumber || courseUuid))
      throw badInput("input.entitlementId", "must be given, or else `orderNumber` and `courseUuid` together");
    return changeEntitlement(context, changeEntitlementMode, input);
  }
}
