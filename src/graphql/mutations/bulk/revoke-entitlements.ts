import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { ArrayMaxSize, ArrayMinSize, IsUUID } from "class-validator";
import {
  revokeEntitlements,
  type Revocation,
  type RevocationOutcome,
} from "../../../use-cases/bulk/revoke-entitlements";
import type { Context } from "../../context";
import { publish } from "../../enums";
import { UUIDS } from "../../inputs";
import { CommandInput, Payload, payload, toUserError, UserError } from "../../payload";
import { CourseEntitlementView, toEntitlement } from "../../types/entitlements/course-entitlement";
import { Reason } from "../shared";

const IDS_AT_MOST = 1_000;
const IDS = { message: `must hold from 1 to ${IDS_AT_MOST}` };

const RevocationOutcomeEnum = publish<RevocationOutcome>(
  "RevocationOutcome",
  "The outcome of a bulk revocation for one entitlement.",
  {
    REVOKED: "The entitlement was revoked; in a dry run, it would be revoked.",
    UNCHANGED: "The entitlement had already been revoked or refunded.",
    REFUSED: "A rule forbids the revocation, and `error` gives the reason; the entitlement is unchanged.",
    FAILED:
      "The revocation failed because of an error in the server; the entitlement is unchanged, and the request can be repeated.",
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
export class RevokeEntitlementsInput extends CommandInput {
  @Field(() => [ID], { description: `The UUIDs of the entitlements to revoke, from 1 to ${IDS_AT_MOST}.` })
  @ArrayMinSize(1, IDS)
  @ArrayMaxSize(IDS_AT_MOST, IDS)
  @IsUUID("all", UUIDS)
  entitlementIds!: string[];

  @Reason("The words in which the caller says why the entitlements are revoked")
  reason!: string;

  @Field({
    defaultValue: true,
    description:
      "Whether the order has been refunded elsewhere. If so, a refund is recorded, so that the order is never refunded again; a service thereby settles a pending refund.",
  })
  moneyReturned!: boolean;
}

@ObjectType({ description: "The result of `revokeEntitlements`.", simpleResolvers: true })
export class RevokeEntitlementsPayload extends Payload {
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
      "Revokes many entitlements whose orders have been refunded elsewhere. Each is revoked completely or not at all, and a failure of one does not stop the others. For services, support and staff.",
  })
  revokeEntitlements(
    @Arg("input", () => RevokeEntitlementsInput, {
      description: "The entitlements to revoke, and the reason.",
    })
    input: RevokeEntitlementsInput,
    @Ctx() context: Context,
  ): Promise<RevokeEntitlementsPayload> {
    return payload(context, input, async (call, given) => {
      const revocations = await revokeEntitlements(call, given);
      return {
        revocations: revocations.map((revocation, index) => toRevocation(context, revocation, index)),
      };
    });
  }
}

function toRevocation(
  context: Context,
  { entitlementId, outcome, entitlement, refusal }: Revocation,
  index: number,
): RevocationView {
  return {
    id: entitlementId,
    outcome,
    error: refusal && Object.assign(toUserError(refusal), { field: ["input", "entitlementIds", `${index}`] }),
    entitlement: entitlement && toEntitlement(context, entitlement),
  };
}
