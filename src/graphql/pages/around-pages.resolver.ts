import { Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { COUNTED_AT_MOST } from "../../reads/history-entries";
import { countWork, type Context } from "../context";
import { PageInfo } from "./connection";
import { CourseEntitlementConnection } from "../types/entitlements/course-entitlement-connection";
import { EnrollmentCallConnection } from "../types/enrollment-call";
import { SupportDetailConnection } from "../types/entitlements/support-detail";
import { HistoryEntryConnection } from "../types/history-entry";
import { RefundConnection } from "../types/refunds/refund";

const TOTAL = "The number of items on all pages of the list";

/** One side of a page is known when it is read; the other side is asked for when a client asks. */
@Resolver(() => PageInfo)
export class PageInfoResolver {
  @FieldResolver(() => Boolean, { description: "Whether more items follow this page." })
  hasNextPage(@Root() { page, request, isOtherSideFilled }: PageInfo): boolean | Promise<boolean> {
    return request.isBackward ? isOtherSideFilled() : page.hasMore;
  }

  @FieldResolver(() => Boolean, { description: "Whether more items precede this page." })
  hasPreviousPage(@Root() { page, request, isOtherSideFilled }: PageInfo): boolean | Promise<boolean> {
    return request.isBackward ? page.hasMore : isOtherSideFilled();
  }
}

@Resolver(() => CourseEntitlementConnection)
export class EntitlementTotalResolver {
  @FieldResolver(() => Int, { description: `${TOTAL}.` })
  totalCount(@Root() { count }: CourseEntitlementConnection, @Ctx() context: Context): Promise<number> {
    countWork(context, "total");
    return count();
  }
}

@Resolver(() => RefundConnection)
export class RefundTotalResolver {
  @FieldResolver(() => Int, { description: `${TOTAL}.` })
  totalCount(@Root() { count }: RefundConnection, @Ctx() context: Context): Promise<number> {
    countWork(context, "total");
    return count();
  }
}

@Resolver(() => EnrollmentCallConnection)
export class EnrollmentCallTotalResolver {
  @FieldResolver(() => Int, { description: `${TOTAL}.` })
  totalCount(@Root() { count }: EnrollmentCallConnection, @Ctx() context: Context): Promise<number> {
    countWork(context, "total");
    return count();
  }
}

@Resolver(() => SupportDetailConnection)
export class SupportDetailTotalResolver {
  @FieldResolver(() => Int, { description: `${TOTAL}.` })
  totalCount(@Root() { count }: SupportDetailConnection, @Ctx() context: Context): Promise<number> {
    countWork(context, "total");
    return count();
  }
}

@Resolver(() => HistoryEntryConnection)
export class HistoryTotalResolver {
  @FieldResolver(() => Int, {
    nullable: true,
    description: `${TOTAL}; null when there are more than ${COUNTED_AT_MOST.toLocaleString("en-US")}.`,
  })
  totalCount(@Root() { count }: HistoryEntryConnection, @Ctx() context: Context): Promise<number | null> {
    countWork(context, "total");
    return count();
  }
}
