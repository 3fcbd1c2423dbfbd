import type { EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import { covering } from "./covering";
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
  const metadata = tx.dataSource.getMetadata(entity);
  return covering(tx, () => recordReturned(queryRunner, metadata, statement, values, change));
}
