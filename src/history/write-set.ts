import type { EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import { repeat } from "../store/statement";
import { covering } from "./covering";
import { recordWritten } from "./record";
import { changeOf } from "../store/transact";

/** A row that was written, by the id that history knows it by. */
interface Written {
  id: string;
}

/**
 * Writes any number of rows of a tracked table and their history with two statements, inside `transact()`, and returns
 * the ids of the rows. The statement is an insert or update that returns every column of each row that it writes
 * (`returning e.*`); a row that differs in nothing that history has gets no entry. While it runs, a setting tells the guard
 * that the history of these rows is recorded here, because the guard would take several times as long at commit.
 */
export async function writeSet<T extends ObjectLiteral>(
  tx: EntityManager,
  entity: EntityTarget<T>,
  statement: string,
  values: readonly unknown[] = [],
): Promise<string[]> {
  const rows = await writeRows(tx, entity, { statement, values, asked: "select id from l" });
  return rows.map(({ id }) => id);
}

/** Writes a set alike, and asks something of what the statement has returned, which is known as `l`: its ids and more. */
export async function writeRows<T extends ObjectLiteral, Row extends Written = Written>(
  tx: EntityManager,
  entity: EntityTarget<T>,
  { statement, values, asked }: { statement: string; values: readonly unknown[]; asked: string },
): Promise<Row[]> {
  const queryRunner = tx.queryRunner;
  const change = queryRunner?.isTransactionActive ? changeOf(queryRunner) : undefined;
  if (!queryRunner || !change)
    throw new Error("Write a set inside transact(), which names the author and the operation");
  if (/\bdelete\s+from\b/i.test(statement)) throw new Error("Delete with remove(), not as a set");
  const metadata = tx.dataSource.getMetadata(entity);
  return covering(tx, async () => {
    const rows = await repeat<Row>(queryRunner, `with l as (${statement}) ${asked}`, values);
    // By a statement of its own: while a row was waited for, another transaction may have made the entry before this one.
    const ids = rows.map(({ id }) => id);
    await recordWritten(queryRunner, [{ metadata, ids }], change);
    return rows;
  });
}
