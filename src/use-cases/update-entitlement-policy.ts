import type { PolicyFacts } from "../entities/entitlement-facts";
import type { Periods } from "../policy/entitlement-policy";
import { lockPolicy, refuseSecondPolicy, requireWholeDays, savePolicy } from "./policy";
import { act, type Request } from "./request";

export interface UpdateEntitlementPolicy {
  policyId: string;
  /** What is not given stays as it is. */
  periods: Partial<Periods>;
  /** Whether new entitlements no longer get it; unless given, that stays as it is. */
  isRetired: boolean | null;
}

/** Changes the periods of a policy for all entitlements that have it, or retires it from being chosen for new ones. */
export function updateEntitlementPolicy(
  request: Request,
  { policyId, periods, isRetired }: UpdateEntitlementPolicy,
): Promise<PolicyFacts> {
  return act(request, "updateEntitlementPolicy", async (tx) => {
    requireWholeDays(periods);
    const policy = await lockPolicy(tx, policyId);
    const wasRetired = policy.retiredAt !== null;
    if (isRetired === false && wasRetired) await refuseSecondPolicy(tx, policy, policyId);
    const retiredAt = (isRetired ?? wasRetired) ? (policy.retiredAt ?? request.now) : null;
    return savePolicy(tx, Object.assign(policy, periods, { retiredAt }));
  });
}
