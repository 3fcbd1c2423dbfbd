import type { EntityManager, EntityMetadata } from "typeorm";
import type { Database } from "../store/statement";
import { tracked } from "../history/historical";
import { trackedColumns } from "../history/record";

/** A row that differs from its newest history entry, and the difference. */
export interface BrokenRow {
  table: string;
  id: string;
  /** What is wrong with the row, in words. */
  fault: string;
}

/** Receives the progress of a verification: the number of history entries compared, and their total. */
export type OnProgress = (done: number, total: number) => void;

const HISTORY_ROWS_AT_ONCE = 20_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Compares every row of every tracked table with its newest history entry and yields the rows that differ. The memory
 * it needs does not grow with the tables. While others write, it needs a snapshot.
 */
export async function* brokenRows(tx: EntityManager, onProgress?: OnProgress): AsyncGenerator<BrokenRow> {
  const tables = [...tracked.keys()].map((live) => tx.dataSource.getMetadata(live as () => object));
  const counts = await countEntries(tx, tables);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let before = 0;
  for (const [i, table] of tables.entries()) {
    let done = before;
    for (let from: string | null = FIRST_ID; from;) {
      const to: string | null = await nextBound(tx, table, from);
      yield* await compare(tx, table, from, to);
      from = to;
      done = to ? done + HISTORY_ROWS_AT_ONCE : before + counts[i]!;
      if (done > before) onProgress?.(done, total);
    }
    before = done;
  }
}

async function countEntries(tx: Database, tables: EntityMetadata[]): Promise<number[]> {
  const counts: number[] = [];
  for (const { tableName } of tables) {
    const [row]: [{ count: string }] = await tx.query(`select count(*) from "historical_${tableName}"`);
    counts.push(Number(row.count));
  }
  return counts;
}

/** The id at which the next batch of history entries ends; null for the last batch. */
async function nextBound(tx: Database, { tableName }: EntityMetadata, from: string): Promise<string | null> {
  const rows: { id: string }[] = await tx.query(
    `select id from "historical_${tableName}" where id > $1 order by id limit 1 offset ${HISTORY_ROWS_AT_ONCE}`,
    [from],
  );
  return rows[0]?.id ?? null;
}

function compare(tx: Database, table: EntityMetadata, from: string, to: string | null): Promise<BrokenRow[]> {
  const { tableName } = table;
  const names = trackedColumns(table);
  const row = (alias: string) => `row(${names.map((name) => `${alias}."${name}"`).join(", ")})::record`;
  // Compared as text, because 24 hours and one day are equal as intervals.
  const differing = names.map(
    (name) => `case when l."${name}"::text is distinct from h."${name}"::text then '${name}' end`,
  );
  return tx.query(
    `select '${tableName}' as table, coalesce(l.id, h.id) as id, case
       when h.id is null then 'has no history'
       when l.id is null then 'does not exist, but its newest entry is not a deletion'
       when h.history_type = '-' then 'exists, but its newest entry is a deletion'
       else 'differs from its newest entry in ' || array_to_string(array[${differing.join(", ")}], ', ')
     end as fault
     from (select * from "${tableName}" where id >= $1 and ($2::uuid is null or id < $2)) l
     full join (
       select distinct on (id) * from "historical_${tableName}"
       where id >= $1 and ($2::uuid is null or id < $2) order by id, history_id desc
     ) h on h.id = l.id
     where case when l.id is null then h.history_type <> '-'
       else h.id is null or h.history_type = '-' or ${row("l")} *<> ${row("h")} end`,
    [from, to],
  );
}
