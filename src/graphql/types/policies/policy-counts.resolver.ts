import { Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { entitlementCounts } from "../../../reads/policies";
import type { Context } from "../../context";
import { CourseEntitlementPolicyView } from "./course-entitlement-policy";

/** How many entitlements have a policy: one statement for all policies of a request. */
@Resolver(() => CourseEntitlementPolicyView)
export class PolicyCountsResolver {
  @FieldResolver(() => Int, {
    nullable: true,
    description:
      "The number of entitlements that have the policy, expired ones included. Null for the default policy. For support, staff and auditors.",
  })
  async entitlementCount(
    @Root() { id, isDefault }: CourseEntitlementPolicyView,
    @Ctx() { app, loaders }: Context,
  ): Promise<number | null> {
    if (isDefault) return null;
    return loaders.named("policy counts", (ids) => entitlementCounts(app.db, ids)).load(id);
  }
}
