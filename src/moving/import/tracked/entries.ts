import type { TrackedTable } from "../../tables/tracked-tables";

/** The operation of an entry that begins a history which the LMS did not record from the start. */
export const START = "startOfHistory";
/** The operation of an entry for a change that the LMS has made without recording it. */
export const RECONCILE = "importReconciled";

const AS_OF = "(select as_of from import_staging.import)";
const DONE = "('write', 'same', 'gone')";

/**
 * Statements that make the temporary table `numbered`, the new entries of a piece: those that the LMS has recorded, in the
 * order of their dates, and before them one that begins the history where it does not. Ids follow the dates of all that is
 * imported, as far as they were taken before; a date is never earlier than that of the entry before.
 */
export function entryStatements({ table, createdAt }: TrackedTable, columns: readonly string[]): string[] {
  const list = columns.join(", ");
  const of = (alias: string) => columns.map((column) => `${alias}.${column}`).join(", ");
  const start = `'+', '${START}', null::bigint, 'system', null::bigint, null::jsonb, 1`;
  return [
    `create temporary table entry on commit drop as
     select s.id, ${of("p")}, p.date, p.type, p.reason, p.user_id_of_author, p.label, p.source_history_id, p.original,
       2 as rank, place.history_id as place
     from scope s join past p on p.id = s.id and p.fault = ''
     left join import_staging.place place
       on place.history = 'historical_${table}' and place.source_id = p.source_history_id
     where s.verdict in ${DONE}`,
    `insert into entry
     select e.id, ${of("e")}, least(e.date, ${createdAt ? `e.${createdAt}` : "e.date"}), ${start}, place.history_id
     from (select distinct on (id) * from entry order by id, date, source_history_id) e
     join scope s on s.id = e.id
     left join import_staging.place place on place.history = '${table}' and place.source_id = s.source_id
     where s.newest_id is null and e.type <> '+'`,
    `insert into entry
     select o.id, ${of("o")}, ${createdAt ? `o.${createdAt}` : AS_OF}, ${start}, place.history_id
     from scope s join ${table} o on o.id = s.id
     left join import_staging.place place on place.history = '${table}' and place.source_id = s.source_id
     where s.newest_id is null and s.past_rows = 0 and s.verdict = 'write'`,
    `create temporary table numbered on commit drop as
     select id, ${list}, greatest(newest_date, max(date) over so_far) as date, type, reason, user_id_of_author, label,
       source_history_id, original,
       coalesce(case when bool_and(place is not null) over (partition by id) then place end,
         nextval('history_id_seq')) as history_id
     from (select e.*, s.newest_date from entry e join scope s on s.id = e.id
       order by id, rank, date, source_history_id) e
     window so_far as (partition by id order by rank, date, source_history_id)`,
  ];
}

/** A statement for the entries that are still missing, so that each row equals its newest entry. */
export function RECONCILED({ table }: TrackedTable, columns: readonly string[]): string {
  const of = (alias: string) => columns.map((column) => `${alias}.${column}`).join(", ");
  const image = (alias: string) => `row(${of(alias)})::record`;
  const now = columns.map(
    (column) => `case when o.id is null then n.${column} else o.${column} end as ${column}`,
  );
  return `select nextval('history_id_seq') as history_id, s.id, ${now.join(", ")},
      greatest(n.history_date, ${AS_OF}) as date,
      case when o.id is null then '-' when n.history_type = '-' then '+' else '~' end as type,
      '${RECONCILE}' as reason, null::bigint as user_id_of_author, 'system' as label
    from scope s
    left join ${table} o on o.id = s.id
    cross join lateral (select h.* from historical_${table} h where h.id = s.id order by h.history_id desc limit 1) n
    where s.verdict in ${DONE} and (s.verdict <> 'same' or s.past_rows > 0)
      and case when o.id is null then n.history_type <> '-'
        else n.history_type = '-' or ${image("o")} *<> ${image("n")} end
    order by s.source_id`;
}
