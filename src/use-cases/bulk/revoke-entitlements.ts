import { supportOrService } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { act, commandInSteps, type CommandRequest } from "../command";
import { revoke, type Revoking } from "../entitlements/revoke-entitlement";
import { describe } from "../../log";

export interface RevokeEntitlements extends Revoking {
  entitlementIds: readonly string[];
}

/**
 * What became of one entitlement of many: it is revoked (in a dry run, it would be); it was revoked or refunded before; a
 * rule refused it; or it failed on our side and can be tried again.
 */
export type RevocationOutcome = "REVOKED" | "UNCHANGED" | "REFUSED" | "FAILED";

/** The outcome for one of the entitlements to revoke. */
export interface Revocation {
  entitlementId: string;
  outcome: RevocationOutcome;
  /** As it stands now; null when it was refused or failed. */
  entitlement: EntitlementFacts | null;
  refusal: Refusal | null;
}

/** Revokes many entitlements, each in a transaction of its own: none stops the others. One outcome for each id, in order. */
export const revokeEntitlements = commandInSteps(
  "revokeEntitlements",
  supportOrService,
  async (request, { entitlementIds, ...revoking }: RevokeEntitlements): Promise<Revocation[]> => {
    const revocations: Revocation[] = [];
    for (const entitlementId of entitlementIds)
      revocations.push(await tryToRevoke(request, entitlementId, revoking));
    return revocations;
  },
);

async function tryToRevoke(
  request: CommandRequest,
  entitlementId: string,
  revoking: Revoking,
): Promise<Revocation> {
  try {
    return await act(request, async (tx) => {
      const { facts, isRevoked } = await revoke(tx, request, { entitlementId }, revoking);
      const outcome = isRevoked ? "REVOKED" : "UNCHANGED";
      return { entitlementId, outcome, entitlement: facts, refusal: null };
    });
  } catch (error) {
    if (error instanceof Refusal)
      return { entitlementId, outcome: "REFUSED", entitlement: null, refusal: error };
    request.app.log.error(
      { error: describe(error), requestId: request.requestId, entitlementId },
      "a revocation failed",
    );
    return { entitlementId, outcome: "FAILED", entitlement: null, refusal: null };
  }
}
