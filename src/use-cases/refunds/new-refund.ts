import type { EntityManager } from "typeorm";
import { Refund } from "../../entities/refund";
import type { LockedEntitlement } from "../locked-entitlement";

/** The attempt number and due time of a new refund: its caller makes the first attempt at once, or the sweep does. */
export type Beginning = Pick<Refund, "attempt" | "nextAttemptAt">;

/** A refund of the order of a locked entitlement, as it is requested. */
export function newRefund(
  tx: EntityManager,
  { facts }: LockedEntitlement,
  now: Date,
  beginning: Beginning,
): Refund {
  return tx.create(Refund, {
    ...beginning,
    entitlementId: facts.id,
    orderNumber: facts.orderNumber!,
    state: "REQUESTED",
    answer: null,
    detail: null,
    shopReferences: [],
    createdAt: now,
    modifiedAt: now,
  });
}

/** A refund as it will be when the shop makes it. */
export function succeeded(tx: EntityManager, requested: Refund): Refund {
  const success = { state: "SUCCEEDED", answer: "ACCEPTED", nextAttemptAt: null } as const;
  return Object.assign(tx.create(Refund, requested), success);
}
