import { ArrayMaxSize, ArrayMinSize, ValidateNested } from "class-validator";
import { Ctx, Extensions, Field, ID, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import type { UselessnessWarning } from "../../../rules/order-rules";
import { BULK_AT_MOST, type BulkOutcome } from "../../../use-cases/bulk/bulk";
import { fulfillOrders } from "../../../use-cases/bulk/fulfill-orders";
import type { Context } from "../../context";
import { CommandInput, Input, Payload, payload, UserError } from "../../payload";
import { CourseRunView, toCourseRun } from "../../types/course";
import { CourseEntitlementView, toEntitlement } from "../../types/entitlements/course-entitlement";
import { OrderInput } from "../inputs";
import { Warnings, warningsOf } from "../../types/orders/order-warnings";
import { BULK_SIZE, BulkOutcomeEnum, errorAt } from "../bulk";

@InputType({ description: "The input fields of `fulfillOrders`." })
export class FulfillOrdersInput extends CommandInput {
  @Field(() => [OrderInput], {
    description: `The orders, from 1 to ${BULK_AT_MOST}; those with the same order number are the courses of one order.`,
  })
  @ArrayMinSize(1, BULK_SIZE)
  @ArrayMaxSize(BULK_AT_MOST, BULK_SIZE)
  @ValidateNested({ each: true })
  orders!: OrderInput[];
}

@ObjectType("Fulfillment", {
  description: "The outcome of a bulk fulfillment for one order and course.",
  simpleResolvers: true,
})
export class FulfillmentView {
  @Field(() => ID, { description: "The order number and the UUID of the course." })
  id!: string;

  @Field(() => BulkOutcomeEnum, {
    description: "The outcome; UNCHANGED when the order had been fulfilled before.",
  })
  outcome!: BulkOutcome;

  @Field(() => UserError, {
    nullable: true,
    description: "The reason why the order was refused; null when it was not refused.",
  })
  error!: UserError | null;

  @Field(() => CourseEntitlementView, {
    nullable: true,
    description: "The entitlement of the order; null when the order was not fulfilled.",
  })
  entitlement!: CourseEntitlementView | null;

  @Field(() => [CourseRunView], {
    description:
      "The runs of the course with a free enrollment of the learner that could be upgraded, when there are several of them.",
  })
  upgradeableRuns!: CourseRunView[];
}

@ObjectType({ description: "The result of `fulfillOrders`.", simpleResolvers: true })
export class FulfillOrdersPayload extends Payload {
  @Extensions({ itemsAtMost: BULK_AT_MOST })
  @Field(() => [FulfillmentView], {
    nullable: true,
    description: "The outcomes, in the order of `orders`; null when the mutation was refused.",
  })
  fulfillments?: FulfillmentView[] | null;
}

@Resolver(() => FulfillmentView)
export class FulfillOrdersMutation {
  @Mutation(() => FulfillOrdersPayload, {
    nullable: true,
    description:
      "Creates the entitlements of many orders, such as all courses of a bundle. Each is created completely or not at all, and none stops the others. The same mutation again goes on where the last one has ended. For services and staff.",
  })
  fulfillOrders(
    @Input(() => FulfillOrdersInput, "The orders of the shop.")
    input: FulfillOrdersInput,
    @Ctx() context: Context,
  ): Promise<FulfillOrdersPayload> {
    return payload(context, input, async (call, { orders }) => {
      const results = await fulfillOrders(call, { orders });
      return {
        fulfillments: results.map((result, index) => ({
          id: `${orders[index]!.orderNumber}:${orders[index]!.courseUuid}`,
          outcome: result.outcome,
          error: errorAt(result, "orders", index),
          entitlement: result.done && toEntitlement(context, result.done.facts),
          upgradeableRuns: (result.done?.upgradeableRuns ?? []).map((run) => toCourseRun(run.key, run)),
        })),
      };
    });
  }

  @Warnings()
  warnings(@Root() given: FulfillmentView, @Ctx() context: Context): Promise<UselessnessWarning[] | null> {
    return warningsOf(given, context);
  }
}
