import type { EntityManager } from "typeorm";

/**
 * Makes and rolls back the changes that follow when another system does as it is asked, so that anything that would fail
 * does so before it is asked.
 */
export async function prove(tx: EntityManager, success: () => Promise<unknown>): Promise<void> {
  await tx.query("savepoint before_success");
  await success();
  await tx.query("set constraints all immediate");
  await tx.query("rollback to savepoint before_success");
}
