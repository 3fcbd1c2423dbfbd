import { ArrayMaxSize, IsOptional, IsUUID, ValidateNested } from "class-validator";
import {
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import { entitlementsById, type Key } from "../../reads/entitlements";
import type { Refund } from "../../entities/refund";
import { findRefunds, refundsOf, type RefundCriteria } from "../../reads/refunds";
import { refundListAsOf } from "../../reads/as-of";
import type { RefundState } from "../../rules/refund-rules";
import { byKey } from "../../store/by-key";
import { decodeCursor, PageArgs, toConnection } from "../connection";
import { toEntitlement, type Context } from "../context";
import { atMost, IsText, UUID } from "../inputs";
import { DateTimeScalar } from "../scalars";
import { CourseEntitlementView } from "../types/course-entitlement";
import { RefundConnection, RefundStateEnum, RefundView, toRefundView } from "../types/refund";

@InputType({ description: "Which refunds; all that is given must hold." })
export class RefundFilter implements RefundCriteria {
  @Field(() => [RefundStateEnum], { nullable: true, description: "In one of these states." })
  @IsOptional()
  @ArrayMaxSize(5, atMost(5))
  states?: RefundState[] | null;

  @Field(() => ID, { nullable: true, description: "Of this entitlement." })
  @IsOptional()
  @IsUUID("all", UUID)
  entitlementId?: string | null;

  @Field(() => String, { nullable: true, description: "Of this learner, by the username, exactly." })
  @IsOptional()
  @IsText(150)
  username?: string | null;

  @Field(() => String, { nullable: true, description: "Of this order, exactly." })
  @IsOptional()
  @IsText(128)
  orderNumber?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Asked for at this instant or later." })
  createdFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Asked for before this instant." })
  createdBefore?: Date | null;
}

@ArgsType()
export class RefundsArgs extends PageArgs {
  @Field(() => RefundFilter, { nullable: true, description: "Only those that match." })
  @IsOptional()
  @ValidateNested()
  filter?: RefundFilter | null;
}

/** The refunds of entitlements: one statement for all entitlements of a request. */
@Resolver(() => CourseEntitlementView)
export class EntitlementRefundsResolver {
  @FieldResolver(() => [RefundView], { description: "What came of asking for its money back, newest first." })
  async refunds(
    @Root() { id, context: { asOf } }: CourseEntitlementView,
    @Ctx() { app, loaders }: Context,
  ): Promise<RefundView[]> {
    const source = asOf ? refundListAsOf(asOf) : undefined;
    const loader = loaders.named(`refunds:${asOf?.getTime() ?? ""}`, (ids) => refundsOf(app.db, ids, source));
    const refunds = await loader.load(id);
    return refunds.map(toRefundView);
  }
}

@Resolver(() => RefundView)
export class RefundResolver {
  @Query(() => RefundConnection, {
    nullable: true,
    description: "Anyone's refunds, newest first; for support and staff.",
  })
  async refunds(
    @Args() { filter, first, after }: RefundsArgs,
    @Ctx() { app }: Context,
  ): Promise<InstanceType<typeof RefundConnection>> {
    const page = await findRefunds(app.db, filter ?? {}, { first, after: decodeCursor(after, "instant") });
    const keyOf = ({ createdAt, id }: Refund): Key => ({ value: createdAt.toISOString(), id });
    return toConnection(page, keyOf, toRefundView);
  }

  @FieldResolver(() => CourseEntitlementView, {
    nullable: true,
    description: "The entitlement as it stands.",
  })
  async entitlement(
    @Root() { entitlementId }: RefundView,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementView | null> {
    const loader = context.loaders.named("entitlementsOfRefunds", async (ids) =>
      byKey(ids, await entitlementsById(context.app.db, ids), ({ id }) => id),
    );
    const facts = await loader.load(entitlementId);
    return facts && toEntitlement(context, facts);
  }
}
