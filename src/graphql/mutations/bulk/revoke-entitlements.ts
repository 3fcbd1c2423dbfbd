import { Ctx, Extensions, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { revokeEntitlements } from "../../../use-cases/bulk/revoke-entitlements";
import { BULK_AT_MOST, type BulkItem, type BulkOutcome } from "../../../use-cases/bulk/bulk";
import type { Context } from "../../context";
import { publish } from "../../enums";
import { Input, Payload, payload, UserError } from "../../payload";
import { CourseEntitlementView, toEntitlement } from "../../types/entitlements/course-entitlement";
import { Downgrade, MoneyReturned, Reason, SpareCompleted } from "../inputs";
import { errorAt, requireSelection, SelectionInput } from "../bulk";

/** The outcome of a bulk command, as this mutation has always called it. */
type RevocationOutcome = Exclude<BulkOutcome, "CHANGED"> | "REVOKED";

const RevocationOutcomeEnum = publish<RevocationOutcome>(
  "RevocationOutcome",
  "The outcome of a bulk revocation for one entitlement.",
  {
    REVOKED: "The entitlement was revoked; in a dry run, it would be revoked.",
    UNCHANGED: "The entitlement had already been revoked or refunded.",
    REFUSED: "A rule forbids the revocation, and `error` gives the reason; the entitlement is unchanged.",
    FAILED:
      "The revocation failed because of an error in the server; the entitlement is unchanged, and the request can be repeated.",
    NOT_REACHED:
      "The time of the mutation was over before this entitlement, or the database was away; the same mutation again goes on with it.",
  },
);

@ObjectType("Revocation", {
  description: "The outcome of a bulk revocation for one entitlement.",
  simpleResolvers: true,
})
export class RevocationView {
  @Field(() => ID, { description: "The UUID of the entitlement, as the input has it." })
  id!: string;

  @Field(() => RevocationOutcomeEnum, { description: "The outcome for this entitlement." })
  outcome!: RevocationOutcome;

  @Field(() => UserError, {
    nullable: true,
    description: "The reason why the revocation was refused; null when it was not refused.",
  })
  error!: UserError | null;

  @Field(() => CourseEntitlementView, {
    nullable: true,
    description: "The entitlement after the mutation; null when the revocation was refused or failed.",
  })
  entitlement!: CourseEntitlementView | null;
}

@InputType({ description: "The input fields of `revokeEntitlements`." })
export class RevokeEntitlementsInput extends SelectionInput {
  @Reason("The words in which the caller says why the entitlements are revoked")
  reason!: string;

  @MoneyReturned()
  moneyReturned!: boolean;

  @Downgrade()
  downgrade!: boolean;

  @SpareCompleted()
  spareCompleted!: boolean;
}

@ObjectType({ description: "The result of `revokeEntitlements`.", simpleResolvers: true })
export class RevokeEntitlementsPayload extends Payload {
  @Extensions({ itemsAtMost: BULK_AT_MOST })
  @Field(() => [RevocationView], {
    nullable: true,
    description:
      "The outcomes for the entitlements, in the order of `entitlementIds`; null when the mutation was refused.",
  })
  revocations?: RevocationView[] | null;
}

@Resolver()
export class RevokeEntitlementsMutation {
  @Mutation(() => RevokeEntitlementsPayload, {
    nullable: true,
    description:
      "Revokes many entitlements, usually because their orders were refunded elsewhere (see `moneyReturned`). Each is revoked completely or not at all, and a failure of one does not stop the others. For services, support and staff.",
  })
  revokeEntitlements(
    @Input(() => RevokeEntitlementsInput, "The entitlements to revoke, and the reason.")
    input: RevokeEntitlementsInput,
    @Ctx() context: Context,
  ): Promise<RevokeEntitlementsPayload> {
    requireSelection(input);
    return payload(context, input, async (call, given) => {
      const items = await revokeEntitlements(call, given);
      return { revocations: items.map((item, index) => toRevocation(context, item, index)) };
    });
  }
}

function toRevocation(context: Context, item: BulkItem, index: number): RevocationView {
  return {
    id: item.entitlementId,
    outcome: item.outcome === "CHANGED" ? "REVOKED" : item.outcome,
    error: errorAt(item, "entitlementIds", index),
    entitlement: item.done && toEntitlement(context, item.done.facts),
  };
}
