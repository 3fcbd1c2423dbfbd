import type { EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import { recordReturned } from "./record";
import { changeOf } from "../store/transact";

/**
 * Writes any number of rows of a tracked table and their history with one statement, inside `transact()`, and returns
 * the ids of the rows. The statement is an insert or update that returns every column of each row that it writes
 * (`returning e.*`), and writes only what differs. It alone tells the guard, for as long as it runs, that the history
 * of what it writes is taken care of: at commit the guard would take several times as long.
 */
export async function writeSet<T extends ObjectLiteral>(
  tx: EntityManager,
  entity: EntityTarget<T>,
  statement: string,
  values: readonly unknown[] = [],
): Promise<string[]> {
  const queryRunner = tx.queryRunner;
  const change = queryRunner?.isTransactionActive ? changeOf(queryRunner) : undefined;
  if (!queryRunner || !change) throw new Error("Write a set inside transact(), which says who and why");
  if (/\bdelete\s+from\b/i.test(statement)) throw new Error("Delete with remove(), not as a set");
  await tx.query(`select set_config('history.covered', pg_current_xact_id()::text, true)`);
  const ids = await recordReturned(queryRunner, tx.dataSource.getMetadata(entity), statement, values, change);
  await tx.query(`select set_config('history.covered', '', true)`);
  return ids;
}
