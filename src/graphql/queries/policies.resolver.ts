import { Ctx, Query, Resolver } from "type-graphql";
import { SUPPORT_ACTIONS, type SupportAction } from "../../entities/course-entitlement-support-detail";
import { allPolicies } from "../../reads/policies";
import type { Context } from "../context";
import { CourseEntitlementPolicyView, toPolicyView } from "../types/policies/course-entitlement-policy";
import { SupportActionOptionView } from "../types/entitlements/support-detail";

/** What is configured rather than owned by a learner. */
@Resolver()
export class PolicyResolver {
  @Query(() => [CourseEntitlementPolicyView], {
    nullable: true,
    description:
      "Lists all stored policies, the most specific first and retired ones last. The default periods apply to entitlements without a policy.",
  })
  async entitlementPolicies(@Ctx() { app }: Context): Promise<CourseEntitlementPolicyView[]> {
    const policies = await allPolicies(app.db);
    return policies.map((policy) => toPolicyView(policy, app.config.defaultPeriods));
  }

  @Query(() => [SupportActionOptionView], {
    nullable: true,
    description:
      "Lists the actions of support details with their labels, for the filters and tables of a support tool. For support, staff and auditors.",
  })
  supportActions(): SupportActionOptionView[] {
    const codes = Object.keys(SUPPORT_ACTIONS) as SupportAction[];
    return codes.map((code) => ({ id: code, code, label: SUPPORT_ACTIONS[code] }));
  }
}
