import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { changeEntitlementModes } from "../../../use-cases/bulk/change-entitlement-modes";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { Reason, Text } from "../inputs";
import { BulkPayload, changeMany, SelectionInput } from "../bulk";

@InputType({ description: "The input fields of `changeEntitlementModes`." })
export class ChangeEntitlementModesInput extends SelectionInput {
  @Text(100, "The new course mode of the entitlements.")
  mode!: string;

  @Field({ defaultValue: false, description: "Whether to accept a course mode that is not sold." })
  acceptAnyMode!: boolean;

  @Reason("The agent's comments on the change")
  comments!: string;
}

@ObjectType({ description: "The result of `changeEntitlementModes`.", simpleResolvers: true })
export class ChangeEntitlementModesPayload extends BulkPayload {}

@Resolver()
export class ChangeEntitlementModesMutation {
  @Mutation(() => ChangeEntitlementModesPayload, {
    nullable: true,
    description:
      "Gives many entitlements another course mode at once. For staff. Each entitlement is changed completely or not at all, and none stops the others.",
  })
  changeEntitlementModes(
    @Input(
      () => ChangeEntitlementModesInput,
      "The entitlements, their new course mode, and the comments of the agent.",
    )
    input: ChangeEntitlementModesInput,
    @Ctx() context: Context,
  ): Promise<ChangeEntitlementModesPayload> {
    return changeMany(context, changeEntitlementModes, input);
  }
}
