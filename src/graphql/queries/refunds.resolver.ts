import { IsOptional, ValidateNested } from "class-validator";
import { Args, ArgsType, Ctx, Field, FieldResolver, InputType, Query, Resolver, Root } from "type-graphql";
import type { PageRequest } from "../../store/rows/page";
import { countRefunds, findRefunds, refundsOf, type RefundCriteria } from "../../reads/refunds";
import { attemptsOf } from "../../reads/refund-attempts";
import { refundListAsOf } from "../../reads/as-of";
import type { RefundState } from "../../rules/refund-rules";
import { connectionOf, createdKey, PageArgs } from "../pages/connection";
import { learnerToTell, type Context } from "../context";
import { Cursors } from "../pages/cursors";
import { atInstant, pastOf } from "../types/past";
import { EntitlementPartFilter, IsText, SomeOf } from "../inputs";
import { DateTimeScalar } from "../scalars";
import { CourseEntitlementView } from "../types/entitlements/course-entitlement";
import { entitlementOf } from "../types/entitlements/entitlement-of.resolver";
import { RefundAttemptView, toAttemptView } from "../types/refunds/refund-attempt";
import { RefundConnection, RefundStateEnum, RefundView, toRefundView } from "../types/refunds/refund";

const CURSORS = new Cursors("refunds.CREATED_AT.DESC", "instant");

@InputType({ description: "Conditions on refunds. A refund must meet every condition that is given." })
export class RefundFilter extends EntitlementPartFilter implements RefundCriteria {
  @Field(() => [RefundStateEnum], {
    nullable: true,
    description: "The states of the refund, of which one must match.",
  })
  @IsOptional()
  @SomeOf(RefundStateEnum)
  states?: RefundState[] | null;

  @Field(() => String, { nullable: true, description: "The exact number of the shop's order." })
  @IsOptional()
  @IsText(128)
  orderNumber?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The earliest instant of the request, inclusive.",
  })
  createdFrom?: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The latest instant of the request, exclusive.",
  })
  createdBefore?: Date | null;
}

@ArgsType()
export class RefundsArgs extends PageArgs {
  @Field(() => RefundFilter, {
    nullable: true,
    description: "The conditions on the refunds to list; all refunds without it.",
  })
  @IsOptional()
  @ValidateNested()
  filter?: RefundFilter | null;
}

/** The refunds of entitlements: one statement for all entitlements of a request. */
@Resolver(() => CourseEntitlementView)
export class EntitlementRefundsResolver {
  @FieldResolver(() => [RefundView], {
    description: "The refunds that were requested for the order of the entitlement, the newest first.",
  })
  async refunds(
    @Root() { id, facts, context: { asOf } }: CourseEntitlementView,
    @Ctx() context: Context,
  ): Promise<RefundView[]> {
    const source = asOf ? refundListAsOf(asOf) : undefined;
    const learnerId = learnerToTell(context, facts);
    const loader = context.loaders.named(`refunds:${learnerId}:${asOf?.getTime() ?? ""}`, (ids) =>
      refundsOf(context.app.db, ids, learnerId, source),
    );
    const refunds = await loader.load(id);
    return refunds.map((refund) => atInstant(toRefundView(refund), asOf));
  }
}

@Resolver(() => RefundView)
export class RefundResolver {
  @Query(() => RefundConnection, {
    nullable: true,
    description: "Lists the refunds of all learners, the newest first. For support, staff and auditors.",
  })
  async refunds(
    @Args() { filter, ...args }: RefundsArgs,
    @Ctx() { app }: Context,
  ): Promise<RefundConnection> {
    const criteria = filter ?? {};
    const read = (page: PageRequest) => findRefunds(app.db, criteria, page);
    const list = { cursors: CURSORS, keyOf: createdKey, toNode: toRefundView, read };
    return { ...(await connectionOf(list, args)), count: () => countRefunds(app.db, criteria) };
  }

  @FieldResolver(() => [RefundAttemptView], {
    description:
      "The attempts to ask the shop, the first one first: what the history of the refund tells of them, put together. Empty for an order that was refunded elsewhere.",
  })
  async attemptLog(
    @Root() refund: RefundView,
    @Ctx() { app, loaders }: Context,
  ): Promise<RefundAttemptView[]> {
    const { id, attempts } = refund;
    const asOf = pastOf(refund);
    const loader = loaders.named(`attemptLog:${asOf?.getTime() ?? ""}`, (ids) =>
      attemptsOf(app.db, ids, asOf),
    );
    const log = await loader.load(id);
    return log.filter(({ number }) => number <= attempts).map(toAttemptView);
  }

  @FieldResolver(() => CourseEntitlementView, {
    nullable: true,
    description:
      "The entitlement whose order is refunded, in its present state; null when it has been deleted.",
  })
  async entitlement(
    @Root() { entitlementId }: RefundView,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementView | null> {
    return entitlementOf(context, entitlementId);
  }
}
