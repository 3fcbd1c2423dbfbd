import type { EntityManager } from "typeorm";
import { supportOrService } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { BLOCKING_CERTIFICATES, isRefundPending } from "../../rules/entitlement-rules";
import { isUnpaid, recordRefund } from "../refunds/returned-money";
import { release } from "../sessions/release";
import { keepAsAuditor, unenroll } from "../sessions/unenroll";
import { deciding, lookBeforeMove } from "../lms/before-deciding";
import { command, type CommandRequest } from "../command";
import {
  lockAnyWhateverRefund,
  refuseFrozen,
  type EntitlementReference,
  type LockedEntitlement,
} from "../locked-entitlement";
import { supportDetail } from "../support-detail";

/** Why entitlements are revoked, and whether their orders were refunded. */
export interface Revoking {
  /** Why the entitlement is revoked, for those who read its history. */
  reason: string;
  /**
   * Whether the order was refunded, which is the default: a refund is then recorded, so that there is never a second
   * one.
   */
  moneyReturned?: boolean;
  /** Whether the learner stays in the run as an auditor instead of leaving it. */
  downgrade?: boolean;
  /** Whether learners who have a certificate for the run are spared. */
  spareCompleted?: boolean;
}

/** Which entitlement to revoke, and why. */
export type RevokeEntitlement = EntitlementReference & Revoking;

/**
 * Revokes an entitlement, usually because its order was refunded elsewhere: expires it, keeping an earlier date, and
 * takes the learner out of the run. When a shop says that the order was refunded, a pending refund is settled. A second
 * time changes nothing.
 */
export const revokeEntitlement = command(
  "revokeEntitlement",
  supportOrService,
  async (tx, request, input: RevokeEntitlement): Promise<EntitlementFacts> =>
    (await revoke(tx, request, input)).facts,
  lookBeforeRevoking,
);

/** Looks at the certificate where learners who have one are spared; refuses when it is not known whether there is one. */
export async function lookBeforeRevoking(
  request: CommandRequest,
  { entitlementId, spareCompleted = false }: RevokeEntitlement,
): Promise<void> {
  const about = spareCompleted ? await deciding(request, { entitlementId }) : null;
  if (about) await lookBeforeMove(request, about);
}

/** Revokes an entitlement, unless it is already refunded or revoked, and not redeemed. */
export async function revoke(
  tx: EntityManager,
  request: CommandRequest,
  {
    reason,
    moneyReturned = true,
    downgrade = false,
    spareCompleted = false,
    ...reference
  }: RevokeEntitlement,
): Promise<{ facts: EntitlementFacts; isChanged: boolean }> {
  const entitlement = await lockAnyWhateverRefund(tx, request, reference);
  // While a refund is pending, only a shop may say how it has ended.
  if (!moneyReturned || !request.actor.isService) refuseFrozen(entitlement);
  const { facts, standing } = entitlement;
  const isPending = isRefundPending(standing);
  const isGone = facts.expiryCause === "REVOKED" || facts.expiryCause === "REFUNDED";
  const isNews = isPending || (moneyReturned && (await isUnpaid(tx, facts)));
  if (isGone && !facts.enrollment && facts.pendingEnrollmentId === null && !isNews)
    return { facts, isChanged: false };
  if (spareCompleted) refuseCompleted(entitlement);
  if (moneyReturned) await recordRefund(tx, request, facts);
  const detail = await supportDetail(tx, request, {
    entitlementId: facts.id,
    action: moneyReturned ? "REVOKE" : "REVOKE_UNPAID",
    comments: reason,
    unenrolledRunKey: facts.enrollment?.courseRunKey ?? null,
  });
  const expiryCause = facts.expiryCause === "REFUNDED" || isPending ? "REFUNDED" : "REVOKED";
  const revoked = { expiredAt: facts.expiredAt ?? request.now, expiryCause } as const;
  const leave = downgrade ? keepAsAuditor : unenroll;
  return { facts: await release(tx, request, entitlement, revoked, detail, leave), isChanged: true };
}

function refuseCompleted({ facts }: LockedEntitlement): void {
  if (BLOCKING_CERTIFICATES.has(facts.enrollment?.certificateStatus ?? ""))
    throw new Refusal(
      "ENTITLEMENT_NOT_REGAINABLE",
      "The learner has a certificate for the run, and learners who have completed it are spared.",
      { field: "entitlementId", blocker: "CERTIFICATE_EARNED" },
    );
}
