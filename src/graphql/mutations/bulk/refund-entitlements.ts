import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { refundEntitlements } from "../../../use-cases/bulk/refund-entitlements";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { BulkPayload, changeMany, SelectionInput } from "../bulk";

@InputType({ description: "The input fields of `refundEntitlements`." })
export class RefundEntitlementsInput extends SelectionInput {}

@ObjectType({ description: "The result of `refundEntitlements`.", simpleResolvers: true })
export class RefundEntitlementsPayload extends BulkPayload {}

@Resolver()
export class RefundEntitlementsMutation {
  @Mutation(() => RefundEntitlementsPayload, {
    nullable: true,
    description:
      "Requests the refunds of the orders of many entitlements. The requests are stored at once, and the shop is asked in the background: `refunds` of an entitlement tells how far its refund has come. For staff. Each entitlement is changed completely or not at all, and none stops the others.",
  })
  refundEntitlements(
    @Input(() => RefundEntitlementsInput, "The entitlements whose orders to refund.")
    input: RefundEntitlementsInput,
    @Ctx() context: Context,
  ): Promise<RefundEntitlementsPayload> {
    return changeMany(context, refundEntitlements, input);
  }
}
