import { ArrayMaxSize, ArrayMinSize, IsUUID } from "class-validator";
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { fulfillOrder } from "../../use-cases/entitlements/fulfill-order";
import { revokeEntitlement } from "../../use-cases/entitlements/revoke-entitlement";
import {
  revokeEntitlements,
  type Revocation,
  type RevocationOutcome,
} from "../../use-cases/entitlements/revoke-entitlements";
import { toEntitlement, type Context } from "../context";
import { RevocationOutcomeEnum } from "../enums";
import { IsText, UUID } from "../inputs";
import { changed, EntitlementPayload } from "./learner-mutations.resolver";
import { Payload, payload, toUserError, UserError } from "../payload";
import { COMMENTS_AT_MOST } from "./support-mutations.resolver";
import { CourseRunView, toCourseRun } from "../types/course";
import { CourseEntitlementView } from "../types/course-entitlement";

const IDS_AT_MOST = 1_000;
const IDS = { message: `must hold from 1 to ${IDS_AT_MOST}` };

@InputType({ description: "What an order has paid for." })
export class FulfillOrderInput {
  @Field({ description: "The learner's username, exactly." })
  @IsText(150)
  username!: string;

  @Field(() => ID, { description: "The course." })
  @IsUUID("all", UUID)
  courseUuid!: string;

  @Field({ description: "The course mode, which must be one that is sold." })
  @IsText(100)
  mode!: string;

  @Field({ description: "The shop's order; with the course, it stands for one entitlement." })
  @IsText(128)
  orderNumber!: string;

  @Field({ defaultValue: false, description: "Whether the order may never be paid back." })
  refundLocked!: boolean;
}

/** Inputs of commands that take back. */
@InputType()
abstract class RevocationInput {
  @Field({ description: `Why, for those who look at it later; up to ${COMMENTS_AT_MOST} characters.` })
  @IsText(COMMENTS_AT_MOST)
  reason!: string;
}

@InputType({ description: "Which entitlement to take back." })
export class RevokeEntitlementInput extends RevocationInput {
  @Field(() => ID, { description: "The entitlement." })
  @IsUUID("all", UUID)
  entitlementId!: string;
}

@InputType({ description: "Which entitlements to take back." })
export class RevokeEntitlementsInput extends RevocationInput {
  @Field(() => [ID], { description: `The entitlements, from 1 to ${IDS_AT_MOST}.` })
  @ArrayMinSize(1, IDS)
  @ArrayMaxSize(IDS_AT_MOST, IDS)
  @IsUUID("all", { each: true, message: "must hold UUIDs" })
  entitlementIds!: string[];

  @Field({ defaultValue: false, description: "Only say what would happen, and change nothing." })
  dryRun!: boolean;
}

@ObjectType({ description: "What came of fulfilling an order.", simpleResolvers: true })
export class FulfillOrderPayload extends EntitlementPayload {
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the entitlement was created now; false when the order had been fulfilled before.",
  })
  isNew?: boolean | null;

  @Field(() => [CourseRunView], {
    nullable: true,
    description:
      "The runs of the course that the learner takes for free and could be upgraded in, when they are several; of exactly one, the learner has been upgraded.",
  })
  upgradeableRuns?: CourseRunView[] | null;
}

@ObjectType({ description: "What came of taking an entitlement back.", simpleResolvers: true })
export class RevokeEntitlementPayload extends EntitlementPayload {}

@ObjectType("Revocation", { description: "What became of one entitlement of many.", simpleResolvers: true })
export class RevocationView {
  @Field(() => ID, { description: "The UUID of the entitlement, as it was asked for." })
  id!: string;

  @Field(() => RevocationOutcomeEnum, { description: "What became of it." })
  outcome!: RevocationOutcome;

  @Field(() => UserError, { nullable: true, description: "Why it was refused." })
  error!: UserError | null;

  @Field(() => CourseEntitlementView, {
    nullable: true,
    description: "The entitlement as it stands now; null when it was refused or failed.",
  })
  entitlement!: CourseEntitlementView | null;
}

@ObjectType({ description: "What came of taking entitlements back.", simpleResolvers: true })
export class RevokeEntitlementsPayload extends Payload {
  @Field(() => [RevocationView], {
    nullable: true,
    description: "One outcome for each id asked for, in that order.",
  })
  revocations?: RevocationView[] | null;
}

/** What shops and other services tell. */
@Resolver()
export class ServiceMutations {
  @Mutation(() => FulfillOrderPayload, {
    nullable: true,
    description:
      "Gives a learner what an order has paid for; asked again, it answers with the same entitlement. For services and staff.",
  })
  fulfillOrder(
    @Arg("input", () => FulfillOrderInput, { description: "The order." }) input: FulfillOrderInput,
    @Ctx() context: Context,
  ): Promise<FulfillOrderPayload> {
    return payload(async () => {
      const { entitlement, isNew, upgradeableRuns } = await fulfillOrder(context, input);
      const runs = upgradeableRuns.map((run) => toCourseRun(run.key, run));
      return { entitlement: toEntitlement(context, entitlement), isNew, upgradeableRuns: runs };
    });
  }

  @Mutation(() => RevokeEntitlementPayload, {
    nullable: true,
    description:
      "Takes an entitlement back whose money has been returned already: expires it and takes the learner out of the run. For services, support and staff.",
  })
  revokeEntitlement(
    @Arg("input", () => RevokeEntitlementInput, { description: "Which, and why." })
    input: RevokeEntitlementInput,
    @Ctx() context: Context,
  ): Promise<RevokeEntitlementPayload> {
    return changed(context, (request) => revokeEntitlement(request, input));
  }

  @Mutation(() => RevokeEntitlementsPayload, {
    nullable: true,
    description:
      "Takes many entitlements back, each wholly or not at all, and none stops the others. For services, support and staff.",
  })
  revokeEntitlements(
    @Arg("input", () => RevokeEntitlementsInput, { description: "Which, and why." })
    input: RevokeEntitlementsInput,
    @Ctx() context: Context,
  ): Promise<RevokeEntitlementsPayload> {
    return payload(async () => {
      const revocations = await revokeEntitlements(context, input);
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
