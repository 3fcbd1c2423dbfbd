/** The site and the mode to which a policy applies. Null stands for any site or any mode. */
export interface PolicyScope {
  siteId: string | null;
  mode: string | null;
}

/** The mode in policies that stands for a course mode: the two professional modes share one. */
export function policyMode(mode: string): string {
  return mode === "no-id-professional" ? "professional" : mode;
}

/**
 * The policy for a new entitlement: the most specific one of those that apply, where the site counts more than the
 * mode. Null when none applies, which means the default periods.
 */
export function choosePolicy<P extends PolicyScope>(
  policies: readonly P[],
  siteId: string | null,
  mode: string,
): P | null {
  const wanted = policyMode(mode);
  const rank = (policy: P) => (policy.siteId === null ? 0 : 2) + (policy.mode === null ? 0 : 1);
  return policies
    .filter((policy) => policy.siteId === null || policy.siteId === siteId)
    .filter((policy) => policy.mode === null || policy.mode === wanted)
    .reduce<P | null>((best, policy) => (best && rank(best) >= rank(policy) ? best : policy), null);
}
