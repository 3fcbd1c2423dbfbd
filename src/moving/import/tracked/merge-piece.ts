import type { EntityManager } from "typeorm";
import { importing, recordImported } from "../../../history/imported";
import type { TrackedTable } from "../../tables/tracked-tables";
import { columnsOf } from "./convert";
import { entryStatements, RECONCILED } from "./entries";
import { noteStatements } from "./notes";
import { DROP_SCOPE, scopeStatements, type Piece } from "./scope";

/**
 * Brings the rows of a piece and their history to what is staged, in the transaction of an import: rows, entries, and
 * what is known of the original of each. Afterwards every row equals its newest entry.
 */
export function mergePiece(tx: EntityManager, table: TrackedTable, piece: Piece): Promise<void> {
  return importing(tx, async () => {
    const run = async (statements: readonly string[]) => {
      for (const statement of statements) await tx.query(statement);
    };
    const columns = columnsOf(table);
    await run(scopeStatements(table, piece));
    await run(writeStatements(table, columns));
    await run(entryStatements(table, columns));
    await recordImported(tx, table.entity, columns, "select * from numbered");
    await recordImported(tx, table.entity, columns, RECONCILED(table, columns));
    await run(knownStatements(table));
    await run(noteStatements(table, piece));
    await tx.query(DROP_SCOPE);
  });
}

/** Changes come before new rows, because a policy is retired for another that replaces it. */
function writeStatements({ table, dependents }: TrackedTable, columns: readonly string[]): string[] {
  const list = columns.join(", ");
  const given = columns.map((column) => `l.${column}`).join(", ");
  const written = "from live l join scope s on s.id = l.id where s.verdict = 'write'";
  return [
    ...(dependents
      ? [`update scope s set verdict = 'changed' where verdict = 'gone' and is_here and (${dependents})`]
      : []),
    `delete from ${table} where id in (select id from scope where verdict = 'gone')`,
    `update ${table} o set (${list}) = (select ${list} from live l where l.id = o.id)
     where o.id in (select s.id ${written} and s.is_here)`,
    `with written as (
       insert into ${table} (id, ${list}) select l.id, ${given} ${written} and not s.is_here order by s.source_id
       on conflict do nothing returning id)
     update scope set verdict = 'taken'
     where verdict = 'write' and not is_here and id not in (select id from written)`,
  ];
}

/** Remembers the original of each row and of each entry. An entry has no checksum, and neither has a deleted row. */
function knownStatements({ table, past }: TrackedTable): string[] {
  const rows = `insert into imported_row as known (source_table, source_id, id, entry_id, checksum, original)
    select distinct on (s.source_id) '${table}', s.source_id, s.id, n.history_id, l.checksum, l.original
    from scope s left join live l on l.id = s.id
    cross join lateral (
      select h.history_id from historical_${table} h where h.id = s.id order by h.history_id desc limit 1
    ) n
    where s.verdict = 'write' or s.verdict in ('same', 'gone') and (s.past_rows > 0 or s.known_checksum is not null)
    order by s.source_id, l.id is null, n.history_id desc
    on conflict (source_table, source_id) do update set id = excluded.id, entry_id = excluded.entry_id,
      checksum = excluded.checksum, original = excluded.original
    where (known.id, known.entry_id, known.checksum) is distinct from (excluded.id, excluded.entry_id, excluded.checksum)`;
  const entries = `insert into imported_row (source_table, source_id, id, entry_id, original)
    select 'historical_${table}', source_history_id, id, history_id, original from numbered
    where source_history_id is not null`;
  return past ? [rows, entries] : [rows];
}
