import { IsUUID } from "class-validator";
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { resolveRefund, type ResolveRefund } from "../../use-cases/refunds/resolve-refund";
import type { Call } from "../../use-cases/command";
import {
  unenrollAndRefund,
  type Unenrolled,
  type UnenrollAndRefund,
} from "../../use-cases/refunds/unenroll-and-refund";
import { toEntitlement, type Context } from "../context";
import { publish } from "../enums";
import { UUID } from "../inputs";
import { EntitlementPayload, LeaveSessionInput } from "./learner-mutations.resolver";
import { payload } from "../payload";
import { CommentsInput } from "./support-mutations.resolver";
import { RefundView, toRefundView } from "../types/refund";

const RefundWishEnum = publish<UnenrollAndRefund["refund"]>("RefundWish", "Whether to ask for the money.", {
  REQUEST: "Leave the run and have the order paid back: both or neither.",
  SKIP: "Leave the run, have the entitlement back, and ask for no money.",
});

const RefundResolutionEnum = publish<ResolveRefund["outcome"]>(
  "RefundResolution",
  "What a person has found out about a refund.",
  {
    SUCCEEDED: "The order was paid back: the entitlement is taken back.",
    FAILED: "The order was not paid back: nothing changes, and it can be asked for anew.",
  },
);

@InputType({ description: "Which entitlement, and whether to ask for the money." })
export class UnenrollAndRefundInput extends LeaveSessionInput {
  @Field(() => RefundWishEnum, { description: "Whether to ask for the money." })
  refund!: UnenrollAndRefund["refund"];
}

@InputType({ description: "Which refund, and what a person has found out." })
export class ResolveRefundInput extends CommentsInput {
  @Field(() => ID, { description: "The refund." })
  @IsUUID("all", UUID)
  refundId!: string;

  @Field(() => RefundResolutionEnum, { description: "What has happened at the shop." })
  outcome!: ResolveRefund["outcome"];
}

@ObjectType({ simpleResolvers: true })
abstract class RefundPayload extends EntitlementPayload {
  @Field(() => RefundView, {
    nullable: true,
    description: "The refund; while REQUESTED or IN_DOUBT, look at it again. Null when none was asked for.",
  })
  refund?: RefundView | null;
}

@ObjectType({ description: "What came of leaving the run and asking for the money.", simpleResolvers: true })
export class UnenrollAndRefundPayload extends RefundPayload {}

@ObjectType({ description: "What came of a person's decision.", simpleResolvers: true })
export class ResolveRefundPayload extends RefundPayload {}

@Resolver()
export class RefundMutations {
  @Mutation(() => UnenrollAndRefundPayload, {
    nullable: true,
    description:
      "Leaves the run and has the order paid back: both or neither. Answers within 10 s; what is in doubt then goes on by itself, and asking again returns it.",
  })
  unenrollAndRefund(
    @Arg("input", () => UnenrollAndRefundInput, { description: "Which, and whether to ask for the money." })
    input: UnenrollAndRefundInput,
    @Ctx() context: Context,
  ): Promise<UnenrollAndRefundPayload> {
    return refunded(context, (request) => unenrollAndRefund(request, input));
  }

  @Mutation(() => ResolveRefundPayload, {
    nullable: true,
    description: "Ends a refund that only a person can decide. For support.",
  })
  resolveRefund(
    @Arg("input", () => ResolveRefundInput, { description: "Which, and what was found out." })
    input: ResolveRefundInput,
    @Ctx() context: Context,
  ): Promise<ResolveRefundPayload> {
    return refunded(context, (request) => resolveRefund(request, input));
  }
}

function refunded(context: Context, command: (call: Call) => Promise<Unenrolled>): Promise<RefundPayload> {
  return payload(async () => {
    const { entitlement, refund } = await command(context);
    return { entitlement: toEntitlement(context, entitlement), refund: refund && toRefundView(refund) };
  });
}
