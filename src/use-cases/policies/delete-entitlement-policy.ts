import { staff } from "../../auth/who";
import { CourseEntitlement } from "../../entities/course-entitlement";
import { Refusal } from "../../refusal";
import { lockPolicy, type PolicyReference } from "./policy";
import { command } from "../command";

/** Deletes a policy that no entitlement has, and returns its id. A policy in use can be retired. */
export const deleteEntitlementPolicy = command(
  "deleteEntitlementPolicy",
  staff,
  async (tx, _, reference: PolicyReference): Promise<string> => {
    const { policyId } = reference;
    const policy = await lockPolicy(tx, reference);
    if (await tx.existsBy(CourseEntitlement, { policyId }))
      throw new Refusal("POLICY_IN_USE", "Entitlements have this policy. Retire the policy instead.", {
        field: "policyId",
      });
    await tx.remove(policy);
    return policyId;
  },
);
