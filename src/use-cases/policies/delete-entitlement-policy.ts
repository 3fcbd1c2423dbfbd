import { CourseEntitlement } from "../../entities/course-entitlement";
import { Refusal } from "../../refusal";
import { lockPolicy, type PolicyReference } from "./policy";
import { act, type Request } from "../command";

/** Deletes a policy that no entitlement has, and returns its id. One in use can be retired. */
export function deleteEntitlementPolicy(request: Request, reference: PolicyReference): Promise<string> {
  return act(request, "deleteEntitlementPolicy", async (tx) => {
    const { policyId } = reference;
    const policy = await lockPolicy(tx, reference);
    if (await tx.existsBy(CourseEntitlement, { policyId }))
      throw new Refusal("POLICY_IN_USE", "Entitlements have this policy; retire it instead.", {
        field: "policyId",
      });
    await tx.remove(policy);
    return policyId;
  });
}
