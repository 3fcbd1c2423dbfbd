import { IsNull, Not, type EntityManager } from "typeorm";
import { CourseEntitlementPolicy } from "../../entities/course-entitlement-policy";
import { allPolicies, type PolicyFacts } from "../../reads/policies";
import { DAY_MS, type Periods } from "../../rules/entitlement-rules";
import { Refusal } from "../../refusal";
import { refuseChanged, type Seen } from "../seen";

const DAYS_AT_MOST = 36_500;

/**
 * Refuses periods with parts of a day: the rules to redeem and refund would ignore the parts, and the rule to expire
 * would not.
 */
export function requireWholeDays(periods: Partial<Periods>): void {
  for (const [name, ms] of Object.entries(periods)) {
    const days = ms / DAY_MS;
    if (!Number.isInteger(days) || days < 0 || days > DAYS_AT_MOST)
      throw new Refusal(
        "POLICY_INVALID",
        `A period must be a number of whole days, such as P14D, and at most ${DAYS_AT_MOST} days.`,
        { field: name.replace(/Ms$/, "Period") },
      );
  }
}

/** The policy, and the history entry up to which the caller has read it. */
export interface PolicyReference extends Seen {
  policyId: string;
}

/** Locks a policy that is about to change. */
export async function lockPolicy(
  tx: EntityManager,
  { policyId: id, ...seen }: PolicyReference,
): Promise<CourseEntitlementPolicy> {
  const policy = await tx.findOne(CourseEntitlementPolicy, {
    where: { id },
    lock: { mode: "pessimistic_write" },
  });
  if (!policy) throw new Refusal("POLICY_NOT_FOUND", "This policy does not exist.", { field: "policyId" });
  await refuseChanged(tx, "course_entitlement_policy", id, seen);
  return policy;
}

/** Refuses a second policy for a site and mode, among those that are chosen for new entitlements. */
export async function refuseSecondPolicy(
  tx: EntityManager,
  { siteId, mode }: { siteId: string | null; mode: string | null },
  id: string | null = null,
): Promise<void> {
  const second = await tx.existsBy(CourseEntitlementPolicy, {
    siteId: siteId ?? IsNull(),
    mode: mode ?? IsNull(),
    retiredAt: IsNull(),
    ...(id && { id: Not(id) }),
  });
  if (second)
    throw new Refusal(
      "POLICY_CONFLICT",
      "A policy for this site and mode exists already. Change that policy, or retire it first.",
    );
}

/** Writes a policy and returns how it stands now. */
export async function savePolicy(
  tx: EntityManager,
  policy: Partial<CourseEntitlementPolicy>,
): Promise<PolicyFacts> {
  const { id } = await tx.save(CourseEntitlementPolicy, policy);
  return (await allPolicies(tx)).find((facts) => facts.id === id)!;
}
