import type { EntityManager } from "typeorm";
import { Refund } from "../entities/refund";

/** Locks a refund; its entitlement must have been locked before. */
export function lockRefund(tx: EntityManager, id: string): Promise<Refund | null> {
  return tx.findOne(Refund, { where: { id }, lock: { mode: "for_no_key_update" } });
}
