import { Ctx, Query, Resolver } from "type-graphql";
import { SUPPORT_ACTIONS, type SupportAction } from "../../entities/course-entitlement-support-detail";
import { allPolicies } from "../../reads/policies";
import type { Context } from "../context";
import { CourseEntitlementPolicyView, toPolicyView } from "../types/course-entitlement-policy";
import { SupportActionOptionView } from "../types/support-detail";

/** What is configured rather than owned by a learner. */
@Resolver()
export class PolicyResolver {
  @Query(() => [CourseEntitlementPolicyView], {
    nullable: true,
    description: "All policies, the most specific first; the default periods apply where none does.",
  })
  async entitlementPolicies(@Ctx() { app }: Context): Promise<CourseEntitlementPolicyView[]> {
    const policies = await allPolicies(app.db);
    return policies.map((policy) => toPolicyView(policy, app.config.defaultPeriods));
  }

  @Query(() => [SupportActionOptionView], {
    nullable: true,
    description: "What support can declare to have done, for a form; for support and staff.",
  })
  supportActions(): SupportActionOptionView[] {
    const codes = Object.keys(SUPPORT_ACTIONS) as SupportAction[];
    return codes.map((code) => ({ id: code, code, label: SUPPORT_ACTIONS[code] }));
  }
}
