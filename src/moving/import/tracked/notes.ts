import type { TrackedTable } from "../../tables/tracked-tables";
import { RECONCILE, START } from "./entries";
import type { Piece } from "./scope";

/** Why a row, or its history, was not imported, by the verdict on it. */
const REASONS = {
  taken: ["refused", "another row here has its id or its order"],
  here: ["kept", "a row with its id was made here"],
  changed: ["kept", "it, or what belongs to it, was changed here since"],
} as const;

/** Statements that note what was refused, altered, kept or added of a piece, for the report, and count the rest. */
export function noteStatements(table: TrackedTable, { gone }: Piece): string[] {
  const { live, past } = table;
  const verdicts = Object.entries(REASONS).map(([verdict, [outcome, reason]]) =>
    note(
      `select '${live.name}', source_id, '${outcome}', '${reason}' from scope where verdict = '${verdict}'`,
    ),
  );
  const added = note(`select '${live.name}', s.source_id, 'added', 'an entry ' || h.history_change_reason
    from scope s join historical_${table.table} h on h.id = s.id
    where h.history_txid = history_txid() and h.history_source = 'IMPORT'
      and h.history_change_reason in ('${START}', '${RECONCILE}')`);
  return [
    ...verdicts,
    ...(gone === null ? refused("live", live.name, "source_id") : []),
    altered("live", live.name, "source_id", "s.verdict = 'write'"),
    ...(past ? pastStatements(past.name, gone !== null) : []),
    added,
    tally(`select '${live.name}', case verdict when 'gone' then 'deleted' when 'same' then 'same'
        else case when is_here then 'changed' else 'new' end end, count(*)
      from scope where verdict in ('same', 'write') or verdict = 'gone' and is_here group by 2`),
  ];
}

function pastStatements(name: string, isDeletion: boolean): string[] {
  return [
    ...(isDeletion ? [] : refused("past", name, "source_history_id")),
    altered("past", name, "source_history_id", "s.verdict in ('write', 'same', 'gone')"),
    note(`select '${name}', p.source_history_id, 'refused', 'its row was not imported' from past p
      join scope s on s.id = p.id where p.fault = '' and s.verdict in ('refused', 'taken', 'here', 'changed')`),
    tally(
      `select '${name}', 'new', count(*) from numbered where source_history_id is not null having count(*) > 0`,
    ),
  ];
}

function refused(from: string, name: string, id: string): string[] {
  return [note(`select '${name}', ${id}, 'refused', fault from ${from} where fault <> ''`)];
}

function altered(from: string, name: string, id: string, condition: string): string {
  return note(`select '${name}', f.${id}, 'altered', alteration
    from ${from} f join scope s on s.id = f.id, unnest(f.notes) alteration where f.fault = '' and ${condition}`);
}

function note(select: string): string {
  return `insert into import_staging.note (source_table, source_id, outcome, reason) ${select}`;
}

function tally(select: string): string {
  return `insert into import_staging.tally (source_table, outcome, rows) ${select}`;
}
