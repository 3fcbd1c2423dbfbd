import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { unenrollAndRefund, type UnenrollAndRefund } from "../../../use-cases/refunds/unenroll-and-refund";
import { publish } from "../../enums";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { LearnerInput, Uuid } from "../inputs";
import { changeRefund, RefundPayload } from "../shared";

const RefundWishEnum = publish<UnenrollAndRefund["refund"]>(
  "RefundWish",
  "Whether to refund an order when the learner leaves the run.",
  {
    REQUEST: "The learner leaves the run and the order is refunded: both happen, or neither.",
    SKIP: "The learner leaves the run and can redeem the entitlement again; the order is not refunded.",
  },
);

@InputType({ description: "The input fields of `unenrollAndRefund`." })
export class UnenrollAndRefundInput extends LearnerInput {
  @Uuid("The UUID of the entitlement.")
  entitlementId!: string;

  @Field(() => RefundWishEnum, { description: "Whether to refund the order." })
  refund!: UnenrollAndRefund["refund"];
}

@ObjectType({ description: "The result of `unenrollAndRefund`.", simpleResolvers: true })
export class UnenrollAndRefundPayload extends RefundPayload {}

@Resolver()
export class UnenrollAndRefundMutation {
  @Mutation(() => UnenrollAndRefundPayload, {
    nullable: true,
    description:
      "Ends the enrollment of an entitlement and refunds the order: both happen, or neither. The answer comes within 10 seconds; a refund whose outcome is not known by then goes on in the background, and the same mutation returns it again.",
  })
  unenrollAndRefund(
    @Input(() => UnenrollAndRefundInput, "The entitlement, and whether to refund its order.")
    input: UnenrollAndRefundInput,
    @Ctx() context: Context,
  ): Promise<UnenrollAndRefundPayload> {
    return changeRefund(context, unenrollAndRefund, input);
  }
}
