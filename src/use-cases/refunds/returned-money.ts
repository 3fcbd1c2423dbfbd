import { In, Not, type EntityManager } from "typeorm";
import { CourseEntitlementSupportDetail } from "../../entities/course-entitlement-support-detail";
import { Refund } from "../../entities/refund";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { select } from "../../store/statement";
import type { CommandRequest } from "../command";
import type { LockedEntitlement } from "../locked-entitlement";

/**
 * Records that an order was refunded: ends the pending refund, or stores one that was made elsewhere. Returns whether
 * that was not known before.
 */
export async function recordRefund(
  tx: EntityManager,
  { command, now }: CommandRequest,
  { id: entitlementId, orderNumber }: EntitlementFacts,
): Promise<boolean> {
  const live = await tx.findOne(Refund, {
    where: { entitlementId, state: Not("FAILED") },
    lock: { mode: "for_no_key_update" },
  });
  if (live?.state === "SUCCEEDED" || (!live && orderNumber === null)) return false;
  const elsewhere = {
    entitlementId,
    orderNumber: orderNumber!,
    attempt: 1,
    answer: null,
    shopReferences: [],
  };
  const refund = live ?? tx.create(Refund, { ...elsewhere, createdAt: now });
  const succeeded = { state: "SUCCEEDED", nextAttemptAt: null, modifiedAt: now } as const;
  await tx.save(Object.assign(refund, succeeded, { detail: `told by ${command}` }));
  return true;
}

/**
 * Before a revoked entitlement becomes usable again, records the refund that its revocation implied, if none is
 * recorded: older versions and imports recorded none. Only a revocation that says that no order was refunded implies no
 * refund.
 */
export async function recordRevokedMoney(
  tx: EntityManager,
  request: CommandRequest,
  { facts }: LockedEntitlement,
): Promise<void> {
  if (facts.expiryCause === "REVOKED" && !(await isUnpaid(tx, facts))) await recordRefund(tx, request, facts);
}

/**
 * Whether nobody has recorded why an entitlement has expired, as with many imported ones: perhaps because its order was
 * refunded. Then an agent has to find out before the order can be refunded.
 */
function mayBeRefunded({
  expiredAt,
  expiryCause,
}: Pick<EntitlementFacts, "expiredAt" | "expiryCause">): boolean {
  return expiredAt !== null && expiryCause === null;
}

/**
 * Whether refunds of an entitlement that is made usable again have to be locked: it may have been refunded, or they are
 * locked since it may have been, which only an agent ends.
 */
export async function isRefundUnsure(
  tx: EntityManager,
  { id, expiredAt, expiryCause, refundLocked }: EntitlementFacts,
): Promise<boolean> {
  if (mayBeRefunded({ expiredAt, expiryCause })) return true;
  if (!refundLocked) return false;
  const [row] = await select<{ isUnsure: boolean }>(
    tx,
    `select exists (
       select from historical_course_entitlement where id = $1 and expired_at is not null and expiry_cause is null
         and history_id > coalesce((select max(history_id) from historical_course_entitlement
           where id = $1 and expired_at is null and not refund_locked), 0)
     ) as "isUnsure"`,
    [id],
  );
  return row!.isUnsure;
}

/** Whether the latest revocation of an entitlement says that the order was not refunded. */
export async function isUnpaid(
  tx: EntityManager,
  { id: entitlementId }: Pick<EntitlementFacts, "id">,
): Promise<boolean> {
  const revocation = await tx.findOne(CourseEntitlementSupportDetail, {
    where: { entitlementId, action: In(["REVOKE", "REVOKE_UNPAID"]) },
    order: { createdAt: "DESC", id: "DESC" },
  });
  return revocation?.action === "REVOKE_UNPAID";
}
