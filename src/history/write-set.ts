import type { EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import { recordReturned } from "./record";
import { changeOf } from "../store/transact";

/**
 * Writes any number of rows of a tracked table and their history with one statement, inside `transact()`, and returns
 * the ids of the rows. The statement is an insert or update that returns every column of each row that it writes
 * (`returning e.*`), and it writes only rows that differ. While it runs, a setting tells the guard that the history of
 * these rows is recorded here, because the guard would take several times as long at commit.
 */
export async function writeSet<T extends ObjectLiteral>(
  tx: EntityManager,
  entity: EntityTarget<T>,
  statement: string,
  values: readonly unknown[] = [],
): Promise<string[]> {
  const queryRunner = tx.queryRunner;
  const change = queryRunner?.isTransactionActive ? changeOf(queryRunner) : undefined;
  if (!queryRunner || !change)
    throw new Error("Write a set inside transact(), which names the author and the operation");
  if (/\bdelete\s+from\b/i.test(statement)) throw new Error("Delete with remove(), not as a set");
  await tx.query(`select set_config('history.covered', pg_current_xact_id()::text, true)`);
  const ids = await recordReturned(queryRunner, tx.dataSource.getMetadata(entity), statement, values, change);
  await tx.query(`select set_config('history.covered', '', true)`);
  return ids;
}
