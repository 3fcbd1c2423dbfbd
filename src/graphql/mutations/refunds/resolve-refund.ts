import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { resolveRefund, type ResolveRefund } from "../../../use-cases/refunds/resolve-refund";
import { publish } from "../../enums";
import type { Context } from "../../context";
import { CommandInput, Input } from "../../payload";
import { Reason, Uuid } from "../inputs";
import { changeRefund, RefundPayload } from "../shared";

const RefundResolutionEnum = publish<ResolveRefund["outcome"]>(
  "RefundResolution",
  "The outcome of a refund that an agent has found out in the shop.",
  {
    SUCCEEDED: "The shop has refunded the order: the entitlement expires and the learner leaves the run.",
    FAILED:
      "The shop has not refunded the order: the entitlement stays as it is, and a new refund can be requested.",
  },
);

@InputType({ description: "The input fields of `resolveRefund`." })
export class ResolveRefundInput extends CommandInput {
  @Uuid("The UUID of the refund, whose state must be NEEDS_REVIEW.")
  refundId!: string;

  @Field(() => RefundResolutionEnum, { description: "The outcome of the refund in the shop." })
  outcome!: ResolveRefund["outcome"];

  @Reason("The agent's comments on the change")
  comments!: string;
}

@ObjectType({ description: "The result of `resolveRefund`.", simpleResolvers: true })
export class ResolveRefundPayload extends RefundPayload {}

@Resolver()
export class ResolveRefundMutation {
  @Mutation(() => ResolveRefundPayload, {
    nullable: true,
    description:
      "Ends a refund in review with the outcome that an agent has found out in the shop. For support and staff.",
  })
  resolveRefund(
    @Input(() => ResolveRefundInput, "The refund in review, its outcome, and the comments of the agent.")
    input: ResolveRefundInput,
    @Ctx() context: Context,
  ): Promise<ResolveRefundPayload> {
    return changeRefund(context, resolveRefund, input);
  }
}
