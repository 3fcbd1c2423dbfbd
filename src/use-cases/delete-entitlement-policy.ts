import { CourseEntitlement } from "../entities/course-entitlement";
import { Refusal } from "../refusal";
import { lockPolicy } from "./policy";
import { act, type Request } from "./request";

export interface DeleteEntitlementPolicy {
  policyId: string;
}

/** Deletes a policy that no entitlement has, and returns its id. One in use can be retired. */
export function deleteEntitlementPolicy(
  request: Request,
  { policyId }: DeleteEntitlementPolicy,
): Promise<string> {
  return act(request, "deleteEntitlementPolicy", async (tx) => {
    const policy = await lockPolicy(tx, policyId);
    if (await tx.existsBy(CourseEntitlement, { policyId }))
      throw new Refusal("POLICY_IN_USE", "Entitlements have this policy; retire it instead.", {
        field: "policyId",
      });
    await tx.remove(policy);
    return policyId;
  });
}
