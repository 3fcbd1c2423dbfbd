import { Ctx, Field, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import type { UselessnessWarning } from "../../../rules/order-rules";
import { type CommandInput, DryRun, Input, payload } from "../../payload";
import type { Context } from "../../context";
import { toEntitlement } from "../../types/entitlements/course-entitlement";
import { CourseRunView, toCourseRun } from "../../types/course";
import { fulfillOrder } from "../../../use-cases/entitlements/fulfill-order";
import { OrderInput } from "../inputs";
import { Warnings, warningsOf } from "../../types/orders/order-warnings";
import { EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `fulfillOrder`." })
export class FulfillOrderInput extends OrderInput implements CommandInput {
  @DryRun()
  dryRun!: boolean;
}

@ObjectType({ description: "The result of `fulfillOrder`.", simpleResolvers: true })
export class FulfillOrderPayload extends EntitlementPayload {
  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether this mutation created the entitlement; false when the order had been fulfilled before.",
  })
  isNew?: boolean | null;

  @Field(() => [CourseRunView], {
    nullable: true,
    description:
      "The runs of the course with a free enrollment of the learner that could be upgraded, when there are several of them. If there is exactly one such run, the entitlement is redeemed for it and this list is empty.",
  })
  upgradeableRuns?: CourseRunView[] | null;
}

@Resolver(() => FulfillOrderPayload)
export class FulfillOrderMutation {
  @Mutation(() => FulfillOrderPayload, {
    nullable: true,
    description:
      "Creates the entitlement that a learner has bought. The same order and course again return the same entitlement. For services and staff.",
  })
  fulfillOrder(
    @Input(() => FulfillOrderInput, "The order of the shop, and the entitlement that the learner has bought.")
    input: FulfillOrderInput,
    @Ctx() context: Context,
  ): Promise<FulfillOrderPayload> {
    return payload(context, input, async (call, order) => {
      const { entitlement, isNew, upgradeableRuns } = await fulfillOrder(call, order);
      const runs = upgradeableRuns.map((run) => toCourseRun(run.key, run));
      return { entitlement: toEntitlement(context, entitlement), isNew, upgradeableRuns: runs };
    });
  }

  @Warnings()
  warnings(
    @Root() given: FulfillOrderPayload,
    @Ctx() context: Context,
  ): Promise<UselessnessWarning[] | null> {
    return warningsOf(given, context);
  }
}
