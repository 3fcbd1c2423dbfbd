import { Args, Ctx, Query, Resolver } from "type-graphql";
import { LIVE, type EntitlementFacts } from "../../reads/entitlement-facts";
import { entitlementsById } from "../../reads/entitlement-facts";
import {
  countEntitlements,
  findEntitlements,
  type EntitlementCriteria,
  type SourceOf,
} from "../../reads/entitlement-search";
import { orderValue, type EntitlementOrdering, type OrderField } from "../../reads/finding/entitlement-order";
import { asOfSource, everMatching, isNarrow, walkAsOf } from "../../reads/as-of";
import { badInput } from "../bad-input";
import { requireSettled } from "./history-log/settled";
import { maySee, timeOf, type Context } from "../context";
import { Cursors, type CursorValue } from "../pages/cursors";
import { EntitlementArgs } from "../inputs";
import { EntitlementsArgs } from "./entitlement-inputs";
import { connectionOf, type List } from "../pages/connection";
import { CourseEntitlementConnection } from "../types/entitlements/course-entitlement-connection";
import { CourseEntitlementView, toEntitlement } from "../types/entitlements/course-entitlement";

/** Orders that an index serves over everybody's entitlements; the others sort those of one learner. */
const ORDERS_OF_EVERYONE: ReadonlySet<OrderField> = new Set(["CREATED_AT", "MODIFIED_AT"]);

/** Filters that narrow what has to be read of history. */
const NARROW = "ids, username, courseUuids, courseKey or orderNumber";

/** What the lists are sorted by, as their cursors hold it. */
const SORTED_BY: Record<OrderField, CursorValue> = {
  CREATED_AT: "instant",
  MODIFIED_AT: "instant",
  EXPIRED_AT: "instantOrNever",
  COURSE_UUID: "uuid",
  COURSE_RUN_KEY: "text",
  MODE: "text",
  ORDER_NUMBER: "text",
  EXPIRES_AT: "instantOrNever",
};

@Resolver(() => CourseEntitlementConnection)
export class EntitlementResolver {
  @Query(() => CourseEntitlementView, {
    nullable: true,
    description:
      "Returns an entitlement by its UUID; null when it does not exist or belongs to another learner.",
  })
  async entitlement(
    @Args() { id }: EntitlementArgs,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementView | null> {
    const [facts] = await entitlementsById(context.app.db, [id]);
    return facts && maySee(context, facts) ? toEntitlement(context, facts) : null;
  }

  @Query(() => CourseEntitlementConnection, {
    nullable: true,
    description:
      "Lists the entitlements of all learners, the newest first unless `orderBy` is given. For support, staff, services and auditors.",
  })
  async entitlements(
    @Args() { filter, orderBy, asOf, ...page }: EntitlementsArgs,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementConnection> {
    const { db } = context.app;
    const order: EntitlementOrdering = orderBy ?? { field: "CREATED_AT", direction: "DESC" };
    const criteria: EntitlementCriteria = filter ?? {};
    requireUsername(criteria, order);
    const cursors = new Cursors(`entitlements.${order.field}.${order.direction}`, SORTED_BY[order.field]);
    const isWide = !isNarrow(criteria);
    if (asOf) {
      if (isWide && order.field !== "CREATED_AT")
        throw badInput("orderBy.field", `needs a filter by ${NARROW} together with "asOf"`);
      await requireSettled(context, asOf, "asOf");
    }
    const source: SourceOf = (parameter) => {
      if (!asOf) return LIVE;
      return isWide
        ? walkAsOf(parameter(asOf))
        : asOfSource(parameter(asOf), everMatching(criteria, parameter));
    };
    const time = timeOf(context, asOf);
    const list: List<EntitlementFacts, CourseEntitlementView> = {
      cursors,
      keyOf: (facts) => ({ value: orderValue(facts, order.field, time), id: facts.id }),
      toNode: (facts) => toEntitlement(context, facts, asOf),
      read: (request) => findEntitlements(db, criteria, order, request, time, source),
    };
    const count = () => {
      if (asOf && isWide) throw badInput("filter", `must be by ${NARROW} to count as of an instant`);
      return countEntitlements(db, criteria, time, source);
    };
    const connection = await connectionOf(list, page);
    const learner = criteria.username && !asOf ? connection.edges[0]?.node?.facts.userId : undefined;
    if (learner) context.app.pages.note(context.app, learner);
    return { ...connection, count };
  }
}

/** Sorting and searching by what has no index over everybody needs one learner to do it for. */
function requireUsername({ username, search }: EntitlementCriteria, { field }: EntitlementOrdering): void {
  if (username) return;
  if (search) throw badInput("filter.search", "needs filter.username");
  if (!ORDERS_OF_EVERYONE.has(field)) throw badInput("orderBy.field", "needs filter.username");
}
