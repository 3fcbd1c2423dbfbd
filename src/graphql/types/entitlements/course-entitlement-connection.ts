import { ObjectType } from "type-graphql";
import type { EntitlementFacts } from "../../../reads/entitlement-facts";
import type { Key, Page } from "../../../store/rows/page";
import { connectionType, toConnection } from "../../pages/connection";
import type { Context } from "../../context";
import type { Cursors } from "../../pages/cursors";
import { CourseEntitlementView, toEntitlement } from "./course-entitlement";

const Base = connectionType("CourseEntitlement", CourseEntitlementView);

@ObjectType("CourseEntitlementConnection", { description: "A page of entitlements.", simpleResolvers: true })
export class CourseEntitlementConnection extends Base {
  /** Counts what the list would hold without pages. */
  count!: () => Promise<number>;
}

/** The key of lists that are sorted by creation. */
export function createdKey({ createdAt, id }: EntitlementFacts): Key {
  return { value: createdAt.toISOString(), id };
}

/** A page of entitlements with its total, which is only counted when asked for. */
export function toEntitlementConnection(
  page: Page<EntitlementFacts>,
  cursors: Cursors,
  keyOf: (facts: EntitlementFacts) => Key,
  context: Context,
  count: () => Promise<number>,
  asOf?: Date | null,
): CourseEntitlementConnection {
  return { ...toConnection(page, cursors, keyOf, (facts) => toEntitlement(context, facts, asOf)), count };
}
