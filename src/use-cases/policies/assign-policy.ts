import { staff } from "../../auth/who";
import { CourseEntitlementPolicy } from "../../entities/course-entitlement-policy";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { isExpired } from "../../rules/entitlement-state";
import { command } from "../command";
import { lockAnyEntitlement, save, type EntitlementReference } from "../locked-entitlement";
import { supportDetail } from "../support-detail";

export interface AssignPolicy extends EntitlementReference {
  /** Null for the default periods. */
  policyId: string | null;
  comments: string;
}

/**
 * Gives an entitlement another policy, whose periods count from the same instants. Refuses a policy by which the
 * entitlement would expire at once. The same policy again changes nothing.
 */
export const assignPolicy = command(
  "assignPolicy",
  staff,
  async (tx, request, { policyId, comments, ...reference }: AssignPolicy): Promise<EntitlementFacts> => {
    const entitlement = await lockAnyEntitlement(tx, request, reference);
    const { facts, standing, row } = entitlement;
    if (row.policyId === policyId) return facts;
    const policy = policyId && (await tx.findOneBy(CourseEntitlementPolicy, { id: policyId }));
    if (policyId && !policy)
      throw new Refusal("POLICY_NOT_FOUND", "This policy does not exist.", { field: "policyId" });
    const { now, app } = request;
    const hadExpired = isExpired(standing, entitlement.periods, now);
    if (!hadExpired && isExpired(standing, policy || app.config.defaultPeriods, now))
      throw new Refusal(
        "POLICY_INVALID",
        "With this policy the entitlement would expire at once. To end it, use expireEntitlement.",
        { field: "policyId" },
      );
    const detail = await supportDetail(tx, request, {
      entitlementId: facts.id,
      action: "ASSIGN_POLICY",
      comments,
    });
    return save(tx, request, entitlement, { policyId }, detail);
  },
);
