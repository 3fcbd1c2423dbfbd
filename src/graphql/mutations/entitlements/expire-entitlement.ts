import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { expireEntitlement } from "../../../use-cases/entitlements/expire-entitlement";
import type { Context } from "../../context";
import { CommandInput, Input } from "../../payload";
import { Reason, SeenHistoryEntry, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `expireEntitlement`." })
export class ExpireEntitlementInput extends CommandInput {
  @Uuid("The UUID of the entitlement to expire.")
  entitlementId!: string;

  @Reason("The agent's comments on the change")
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `expireEntitlement`.", simpleResolvers: true })
export class ExpireEntitlementPayload extends EntitlementPayload {}

@Resolver()
export class ExpireEntitlementMutation {
  @Mutation(() => ExpireEntitlementPayload, {
    nullable: true,
    description:
      "Expires an entitlement at once; the learner leaves the run, if any. One that has expired already is refused, unless it waits for the LMS because it was moved: then it only stops waiting, and keeps its expiry and its run. For support and staff.",
  })
  expireEntitlement(
    @Input(() => ExpireEntitlementInput, "The entitlement to expire, and the comments of the agent.")
    input: ExpireEntitlementInput,
    @Ctx() context: Context,
  ): Promise<ExpireEntitlementPayload> {
    return changeEntitlement(context, expireEntitlement, input);
  }
}
