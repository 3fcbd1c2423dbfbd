import { IsUUID } from "class-validator";
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { expireEntitlement } from "../../use-cases/entitlements/expire-entitlement";
import { grantEntitlement } from "../../use-cases/entitlements/grant-entitlement";
import { reissueEntitlement } from "../../use-cases/entitlements/reissue-entitlement";
import { revertEntitlement } from "../../use-cases/entitlements/revert-entitlement";
import { setRefundLock } from "../../use-cases/entitlements/set-refund-lock";
import type { Context } from "../context";
import { IsHistoryEntryId, IsText, SeenHistoryEntry, UUID } from "../inputs";
import { changed, EntitlementPayload } from "./learner-mutations.resolver";

/** How long an agent's comments may be. */
export const COMMENTS_AT_MOST = 2_000;

/** Inputs of commands that say why. */
@InputType()
export abstract class CommentsInput {
  @Field({ description: `Why, for those who look at it later; up to ${COMMENTS_AT_MOST} characters.` })
  @IsText(COMMENTS_AT_MOST)
  comments!: string;
}

/** Inputs of commands that two agents could give at once. */
@InputType()
export abstract class GuardedInput extends CommentsInput {
  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

/** Inputs of support's commands on one entitlement. */
@InputType()
export abstract class SupportInput extends GuardedInput {
  @Field(() => ID, { description: "The entitlement." })
  @IsUUID("all", UUID)
  entitlementId!: string;
}

@InputType({ description: "Whom to give which entitlement." })
export class GrantEntitlementInput extends CommentsInput {
  @Field({ description: "The learner's username, exactly." })
  @IsText(150)
  username!: string;

  @Field(() => ID, { description: "The course." })
  @IsUUID("all", UUID)
  courseUuid!: string;

  @Field({ description: "The course mode, which must be one that is sold." })
  @IsText(100)
  mode!: string;
}

@InputType({ description: "Which entitlement to give back." })
export class ReissueEntitlementInput extends SupportInput {
  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether to lock refunds. Unless given, they are locked when the order is not refundable just before.",
  })
  refundLocked?: boolean | null;
}

@InputType({ description: "Which entitlement to expire." })
export class ExpireEntitlementInput extends SupportInput {}

@InputType({ description: "Which entitlement's refunds to lock or unlock." })
export class SetRefundLockInput extends SupportInput {
  @Field({ description: "Whether the order may never be paid back." })
  isLocked!: boolean;
}

@InputType({ description: "Which entitlement to put back, and to what." })
export class RevertEntitlementInput extends SupportInput {
  @Field(() => ID, { description: "The entry of its history whose state to go back to." })
  @IsHistoryEntryId()
  historyEntryId!: string;
}

@ObjectType({ description: "What came of granting an entitlement.", simpleResolvers: true })
export class GrantEntitlementPayload extends EntitlementPayload {}

@ObjectType({ description: "What came of giving an entitlement back.", simpleResolvers: true })
export class ReissueEntitlementPayload extends EntitlementPayload {}

@ObjectType({ description: "What came of expiring an entitlement.", simpleResolvers: true })
export class ExpireEntitlementPayload extends EntitlementPayload {}

@ObjectType({ description: "What came of locking or unlocking refunds.", simpleResolvers: true })
export class SetRefundLockPayload extends EntitlementPayload {}

@ObjectType({ description: "What came of going back.", simpleResolvers: true })
export class RevertEntitlementPayload extends EntitlementPayload {}

/** What support does for learners. Each notes in the support details what was done and why. */
@Resolver()
export class SupportMutations {
  @Mutation(() => GrantEntitlementPayload, {
    nullable: true,
    description: "Gives a learner an entitlement without an order; its refunds are locked. For support.",
  })
  grantEntitlement(
    @Arg("input", () => GrantEntitlementInput, { description: "Whom, and which." })
    input: GrantEntitlementInput,
    @Ctx() context: Context,
  ): Promise<GrantEntitlementPayload> {
    return changed(context, (request) => grantEntitlement(request, input));
  }

  @Mutation(() => ReissueEntitlementPayload, {
    nullable: true,
    description:
      "Takes the learner out of the run, if any, and gives the entitlement back, expired or not. For support.",
  })
  reissueEntitlement(
    @Arg("input", () => ReissueEntitlementInput, { description: "Which." })
    input: ReissueEntitlementInput,
    @Ctx() context: Context,
  ): Promise<ReissueEntitlementPayload> {
    return changed(context, (request) => reissueEntitlement(request, input));
  }

  @Mutation(() => ExpireEntitlementPayload, {
    nullable: true,
    description: "Expires an entitlement now, and takes the learner out of the run, if any. For support.",
  })
  expireEntitlement(
    @Arg("input", () => ExpireEntitlementInput, { description: "Which." })
    input: ExpireEntitlementInput,
    @Ctx() context: Context,
  ): Promise<ExpireEntitlementPayload> {
    return changed(context, (request) => expireEntitlement(request, input));
  }

  @Mutation(() => SetRefundLockPayload, {
    nullable: true,
    description: "Says whether the order may ever be paid back. For support.",
  })
  setRefundLock(
    @Arg("input", () => SetRefundLockInput, { description: "Which, and whether." })
    input: SetRefundLockInput,
    @Ctx() context: Context,
  ): Promise<SetRefundLockPayload> {
    return changed(context, (request) => setRefundLock(request, input));
  }

  @Mutation(() => RevertEntitlementPayload, {
    nullable: true,
    description:
      "Puts an entitlement back to an entry of its history, in all but its stamps; for support and staff.",
  })
  revertEntitlement(
    @Arg("input", () => RevertEntitlementInput, { description: "Which, and to what." })
    input: RevertEntitlementInput,
    @Ctx() context: Context,
  ): Promise<RevertEntitlementPayload> {
    return changed(context, (request) => revertEntitlement(request, input));
  }
}
