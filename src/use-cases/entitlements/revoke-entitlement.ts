import type { EntityManager } from "typeorm";
import { supportOrService } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { release } from "../sessions/enrollment";
import { command, type CommandRequest } from "../command";
import { lockAnyEntitlement, type EntitlementReference, type LockedEntitlement } from "../locked-entitlement";
import { supportDetail } from "./support-detail";

export interface RevokeEntitlement extends EntitlementReference {
  /** Why the entitlement is revoked, for those who read its history. */
  reason: string;
}

/**
 * Takes an entitlement back because the money was returned elsewhere: expires it, keeping an earlier date, and takes
 * the learner out of the run. A second time changes nothing.
 */
export const revokeEntitlement = command(
  "revokeEntitlement",
  supportOrService,
  async (tx, request, { reason, ...reference }: RevokeEntitlement): Promise<EntitlementFacts> => {
    const entitlement = await lockAnyEntitlement(tx, request, reference);
    return isRevoked(entitlement) ? entitlement.facts : revoke(tx, request, entitlement, reason);
  },
);

/** Whether there is nothing left to take back: paid back or revoked, and not spent. */
export function isRevoked({ facts: { expiryCause, enrollment } }: LockedEntitlement): boolean {
  return (expiryCause === "REVOKED" || expiryCause === "REFUNDED") && !enrollment;
}

/** Takes a locked entitlement back. */
export async function revoke(
  tx: EntityManager,
  request: CommandRequest,
  entitlement: LockedEntitlement,
  reason: string,
): Promise<EntitlementFacts> {
  const { facts } = entitlement;
  const detail = await supportDetail(tx, request, {
    entitlementId: facts.id,
    action: "REVOKE",
    comments: reason,
    unenrolledRunKey: facts.enrollment?.courseRunKey ?? null,
  });
  const expiryCause = facts.expiryCause === "REFUNDED" ? "REFUNDED" : "REVOKED";
  const revoked = { expiredAt: facts.expiredAt ?? request.now, expiryCause } as const;
  return release(tx, request, entitlement, revoked, detail);
}
