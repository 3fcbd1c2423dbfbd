import { ObjectType } from "type-graphql";
import { connectionType } from "../../pages/connection";
import { CourseEntitlementView } from "./course-entitlement";

const Base = connectionType("CourseEntitlement", CourseEntitlementView);

@ObjectType("CourseEntitlementConnection", { description: "A page of entitlements.", simpleResolvers: true })
export class CourseEntitlementConnection extends Base {
  /** Counts what the list would hold without pages. */
  count!: () => Promise<number>;
}
