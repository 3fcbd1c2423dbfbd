import { staff } from "../../auth/who";
import type { PolicyFacts } from "../../reads/policies";
import type { Periods } from "../../rules/entitlement-rules";
import { lockPolicy, refuseSecondPolicy, requireWholeDays, savePolicy, type PolicyReference } from "./policy";
import { command } from "../command";

export interface UpdateEntitlementPolicy extends PolicyReference {
  /** What is not given stays as it is. */
  periods: Partial<Periods>;
  /** Whether new entitlements no longer get it; no change when absent. */
  isRetired: boolean | null;
}

/**
 * Changes the periods of a policy for all entitlements that have it, or retires it so that new ones no longer get it.
 */
export const updateEntitlementPolicy = command(
  "updateEntitlementPolicy",
  staff,
  async (
    tx,
    request,
    { periods, isRetired, ...reference }: UpdateEntitlementPolicy,
  ): Promise<PolicyFacts> => {
    requireWholeDays(periods);
    const policy = await lockPolicy(tx, reference);
    const wasRetired = policy.retiredAt !== null;
    if (isRetired === false && wasRetired) await refuseSecondPolicy(tx, policy, policy.id);
    const retiredAt = (isRetired ?? wasRetired) ? (policy.retiredAt ?? request.now) : null;
    return savePolicy(tx, Object.assign(policy, periods, { retiredAt }));
  },
);
