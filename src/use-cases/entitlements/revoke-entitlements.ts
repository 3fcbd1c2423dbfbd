import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { act, lockAnyEntitlement, type Request } from "../command";
import { isRevoked, revoke } from "./revoke-entitlement";

export interface RevokeEntitlements {
  entitlementIds: readonly string[];
  reason: string;
  /** Says what would happen, and changes nothing. */
  dryRun: boolean;
}

/** What can become of one entitlement of many. */
export const REVOCATION_OUTCOMES = {
  REVOKED: "The entitlement was revoked; in a dry run, it would be revoked.",
  UNCHANGED: "The entitlement had already been revoked or refunded.",
  REFUSED: "A rule forbids the revocation, and `error` gives the reason; the entitlement is unchanged.",
  FAILED:
    "The revocation failed because of an error in the server; the entitlement is unchanged, and the request can be repeated.",
} as const;
export type RevocationOutcome = keyof typeof REVOCATION_OUTCOMES;

export interface Revocation {
  entitlementId: string;
  outcome: RevocationOutcome;
  /** As it stands now; null when it was refused or failed. */
  entitlement: EntitlementFacts | null;
  refusal: Refusal | null;
}

/** Revokes many entitlements, each in a transaction of its own: none stops the others. One outcome for each id, in order. */
export async function revokeEntitlements(
  request: Request,
  { entitlementIds, reason, dryRun }: RevokeEntitlements,
): Promise<Revocation[]> {
  const revocations: Revocation[] = [];
  for (const entitlementId of entitlementIds)
    revocations.push(await tryToRevoke(request, entitlementId, reason, dryRun));
  return revocations;
}

async function tryToRevoke(
  request: Request,
  entitlementId: string,
  reason: string,
  dryRun: boolean,
): Promise<Revocation> {
  try {
    return await act(request, "revokeEntitlements", async (tx) => {
      const entitlement = await lockAnyEntitlement(tx, request, { entitlementId });
      const { facts } = entitlement;
      if (isRevoked(entitlement))
        return { entitlementId, outcome: "UNCHANGED", entitlement: facts, refusal: null };
      const revoked = dryRun ? facts : await revoke(tx, request, entitlement, reason);
      return { entitlementId, outcome: "REVOKED", entitlement: revoked, refusal: null };
    });
  } catch (error) {
    if (error instanceof Refusal)
      return { entitlementId, outcome: "REFUSED", entitlement: null, refusal: error };
    request.app.log.error({ err: error, requestId: request.requestId, entitlementId }, "a revocation failed");
    return { entitlementId, outcome: "FAILED", entitlement: null, refusal: null };
  }
}
