import type { EntityManager } from "typeorm";
import { Refund } from "../../entities/refund";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import type { LockedEntitlement } from "../locked-entitlement";
import { release } from "../sessions/enrollment";

/** Locks a refund; its entitlement must have been locked before. */
export function lockRefund(tx: EntityManager, id: string): Promise<Refund | null> {
  return tx.findOne(Refund, { where: { id }, lock: { mode: "for_no_key_update" } });
}

/** What a refund does to its entitlement: the learner leaves the run, and it expires. */
export function takeBack(
  tx: EntityManager,
  entitlement: LockedEntitlement,
  now: Date,
): Promise<EntitlementFacts> {
  const expiredAt = entitlement.row.expiredAt ?? now;
  return release(tx, { now }, entitlement, { expiredAt, expiryCause: "REFUNDED" });
}
