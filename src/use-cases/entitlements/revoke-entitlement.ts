import { Not, type EntityManager } from "typeorm";
import { supportOrService } from "../../auth/who";
import { Refund } from "../../entities/refund";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { isRefundPending } from "../../rules/entitlement-rules";
import { release } from "../sessions/enrollment";
import { command, type CommandRequest } from "../command";
import { lockAnyWhateverRefund, refuseFrozen, type EntitlementReference } from "../locked-entitlement";
import { supportDetail } from "../support-detail";

/** Why entitlements are revoked, and what is known of the money. */
export interface Revoking {
  /** Why the entitlement is revoked, for those who read its history. */
  reason: string;
  /** Whether the money is back, as it is unless told otherwise: a refund is recorded, so that there is never a second. */
  moneyReturned?: boolean;
}

/** Which entitlement to revoke, and why. */
export type RevokeEntitlement = EntitlementReference & Revoking;

/**
 * Takes an entitlement back, usually because the money was returned elsewhere: expires it, keeping an earlier date, and
 * takes the learner out of the run. A shop's word that the money is back settles a pending refund. A second time
 * changes nothing.
 */
export const revokeEntitlement = command(
  "revokeEntitlement",
  supportOrService,
  async (
    tx,
    request,
    { reason, moneyReturned, ...reference }: RevokeEntitlement,
  ): Promise<EntitlementFacts> => (await revoke(tx, request, reference, { reason, moneyReturned })).facts,
);

/** Takes an entitlement back, unless there is nothing left to take back: it is refunded or revoked, and not redeemed. */
export async function revoke(
  tx: EntityManager,
  request: CommandRequest,
  reference: EntitlementReference,
  { reason, moneyReturned = true }: Revoking,
): Promise<{ facts: EntitlementFacts; isRevoked: boolean }> {
  const entitlement = await lockAnyWhateverRefund(tx, request, reference);
  // While a refund is pending, only a shop may say how it has ended.
  if (!moneyReturned || !request.actor.isService) refuseFrozen(entitlement);
  const { facts, standing } = entitlement;
  const isPending = isRefundPending(standing);
  const isGone = facts.expiryCause === "REVOKED" || facts.expiryCause === "REFUNDED";
  if (isGone && !facts.enrollment && !isPending) return { facts, isRevoked: false };
  if (moneyReturned) await recordRefund(tx, request, facts);
  const detail = await supportDetail(tx, request, {
    entitlementId: facts.id,
    action: "REVOKE",
    comments: reason,
    unenrolledRunKey: facts.enrollment?.courseRunKey ?? null,
  });
  const expiryCause = facts.expiryCause === "REFUNDED" || isPending ? "REFUNDED" : "REVOKED";
  const revoked = { expiredAt: facts.expiredAt ?? request.now, expiryCause } as const;
  return { facts: await release(tx, request, entitlement, revoked, detail), isRevoked: true };
}

/** Records that the money of an order is back: ends the pending refund, or stores one that was made elsewhere. */
async function recordRefund(
  tx: EntityManager,
  { now }: CommandRequest,
  { id: entitlementId, orderNumber }: EntitlementFacts,
): Promise<void> {
  const live = await tx.findOne(Refund, {
    where: { entitlementId, state: Not("FAILED") },
    lock: { mode: "for_no_key_update" },
  });
  if (live?.state === "SUCCEEDED" || (!live && orderNumber === null)) return;
  const elsewhere = {
    entitlementId,
    orderNumber: orderNumber!,
    attempt: 1,
    answer: null,
    shopReferences: [],
  };
  const refund = live ?? tx.create(Refund, { ...elsewhere, createdAt: now });
  const succeeded = { state: "SUCCEEDED", nextAttemptAt: null, modifiedAt: now } as const;
  await tx.save(Object.assign(refund, succeeded, { detail: "told by revokeEntitlement" }));
}
