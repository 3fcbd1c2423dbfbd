import type { EntityManager } from "typeorm";
import { leaseMs, pauseAfter } from "../../rules/attempt-rules";
import { databaseNow } from "../../store/database-clock";

/** The instant until which an attempt that begins now owns its row. */
export function leaseEnd(tx: EntityManager, deadlineMs: number): Promise<Date> {
  return databaseNow(tx, leaseMs(deadlineMs));
}

/** The instant at which the attempt after this one is due. */
export function pauseEnd(tx: EntityManager, attempted: number, deadlineMs: number): Promise<Date> {
  return databaseNow(tx, pauseAfter(attempted, deadlineMs, Math.random()));
}
