import { columnsOf, convertedLive, convertedPast, type IdRange } from "./convert";
import type { TrackedTable } from "../../tables/tracked-tables";

/** What a piece of an import is about. */
export interface Piece extends IdRange {
  /** SQL for the ids of the rows that the LMS has deleted, when only these are looked at; null when only the others are. */
  gone: string | null;
}

const PAST_OF_NOTHING = `select id, null::bigint as source_id, null::bigint as source_history_id,
  null::timestamptz as date, null::text as type, ''::text as fault, null::text[] as notes, null::jsonb as original,
  null::text as reason, null::bigint as user_id_of_author, null::text as label`;

/**
 * Statements that make temporary tables of a piece: `live` and `past`, converted, and `scope` with a verdict on each row:
 *
 * - `refused`: it cannot be stored; `taken`: another row has its order, or its id.
 * - `here`: a row with its id was made here; `changed`: it was changed here since it was imported. Both stay as they are.
 * - `same`: it is as it was imported; `write`: it is new or has changed; `gone`: the LMS has it no longer.
 */
export function scopeStatements(table: TrackedTable, piece: Piece): string[] {
  const past = table.past
    ? convertedPast(table, piece, piece.gone === null ? "true" : `s.id in (${piece.gone})`)
    : `${PAST_OF_NOTHING}, ${columnsOf(table).join(", ")} from ${table.table} where false`;
  return [
    `create temporary table live on commit drop as ${convertedLive(table, piece, piece.gone === null ? "true" : "false")}`,
    `create temporary table past on commit drop as ${past}`,
    "analyze live (id), past (id)",
    `select count(*) from (select from ${table.table}
      where id in (select id from live union select id from past) order by id for update) locked`,
    scopeOf(table, piece),
    "analyze scope",
    ...(table.unique.length > 0 ? [takenByOthers(table)] : []),
  ];
}

/** Statements that remove the temporary tables of a piece before its transaction ends, as a dry run needs it. */
export const DROP_SCOPE = "drop table if exists live, past, scope, entry, numbered";

function scopeOf({ table }: TrackedTable, { first, last, gone }: Piece): string {
  const deleted = `union all select id, source_id from imported_row where source_table = '${table}'
    and source_id between ${first} and ${last} and source_id in (${gone})`;
  return `create temporary table scope on commit drop as
    select i.id, i.source_id, l.checksum, o.id is not null as is_here, k.checksum as known_checksum,
      n.history_id as newest_id, n.history_date as newest_date, coalesce(p.rows, 0) as past_rows,
      case
        when l.fault <> '' then 'refused'
        when k.id is null and n.history_id is not null then 'here'
        when n.history_id is distinct from k.entry_id
          and (l.checksum is distinct from k.checksum or p.rows > 0) then 'changed'
        when l.id is null then 'gone'
        when l.checksum = k.checksum then 'same'
        else 'write' end as verdict
    from (select id, min(source_id) as source_id from (
        select id, source_id from live union all select id, source_id from past ${gone === null ? "" : deleted}) each
      where id is not null group by id) i
    left join live l on l.id = i.id
    left join imported_row k on k.source_table = '${table}' and k.source_id = i.source_id and k.id = i.id
    left join ${table} o on o.id = i.id
    left join lateral (
      select h.history_id, h.history_date from historical_${table} h where h.id = i.id order by h.history_id desc limit 1
    ) n on true
    left join (select id, count(*) as rows from past where fault = '' group by id) p on p.id = i.id
    where ${gone === null ? "not" : ""} (l.id is null and o.id is not null)`;
}

function takenByOthers({ table, unique }: TrackedTable): string {
  const equal = unique.map((column) => `o.${column} = l.${column}`).join(" and ");
  return `update scope s set verdict = 'taken' from live l
    where l.id = s.id and s.verdict = 'write' and exists (select from ${table} o where ${equal} and o.id <> l.id)`;
}
