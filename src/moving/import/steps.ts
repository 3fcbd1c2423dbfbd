import type { EntityManager } from "typeorm";
import { STAGING, stagedName } from "../staging/names";
import { LMS_TABLES, type SourceTable } from "../tables/source-table";
import { TRACKED_TABLES, type TrackedTable } from "../tables/tracked-tables";
import { accountStatements } from "./lms/accounts";
import { modeStatements, runStatements, siteStatements } from "./lms/catalog";
import { certificateStatements, enrollmentStatements } from "./lms/enrollments";
import { writeRows } from "../../history/write-set";
import type { LineRange, StepStatement } from "./lms/range";
import { mergePiece } from "./tracked/merge-piece";

/** How many staged rows are stored in one transaction. */
const LINES_AT_ONCE = 20_000;
const ENTRIES_AT_ONCE = 8_000;
const DELETIONS_AT_ONCE = 500;

/** What is stored of the staged rows before what follows it can be. */
export interface Step {
  name: string;
  /** SQL for its pieces: `first`, `last` and how many `rows` there are. */
  pieces: string;
  /** Stores one of them in a transaction. */
  merge(tx: EntityManager, range: LineRange): Promise<void>;
}

/**
 * The steps of an import in their order. Where not all rows of the LMS are staged, only those count as deleted there whose
 * history is staged.
 */
export function stepsOf(isFull: boolean): Step[] {
  const deletable = TRACKED_TABLES.toReversed().filter(({ past }) => isFull || past !== null);
  return [
    lines(LMS_TABLES.USERS, accountStatements),
    lines(LMS_TABLES.SITES, siteStatements),
    lines(LMS_TABLES.RUNS, runStatements),
    lines(LMS_TABLES.MODES, modeStatements),
    lines(LMS_TABLES.ENROLLMENTS, enrollmentStatements),
    lines(LMS_TABLES.CERTIFICATES, certificateStatements),
    ...TRACKED_TABLES.map((table) => tracked(table)),
    ...deletable.map((table) => deletions(table, isFull)),
  ];
}

function lines(table: SourceTable, statements: (range: LineRange) => StepStatement[]): Step {
  return {
    name: table.name,
    pieces: `select min(line) as first, max(line) as last, count(*) as rows from (
      select line, (row_number() over (order by line) - 1) / ${LINES_AT_ONCE} as nr from ${stagedName(table)}) l
      group by nr`,
    async merge(tx, range) {
      for (const one of statements(range))
        if (typeof one === "string") await tx.query(one);
        else await writeRows(tx, one.entity, { ...one, values: [] });
    },
  };
}

function tracked(table: TrackedTable): Step {
  const staged = [table.live, ...(table.past ? [table.past] : [])];
  const ids = staged.map((each) => `select id from ${stagedName(each)}`).join(" union all ");
  return {
    name: table.live.name,
    pieces: `select min(id) as first, max(id) as last, sum(rows) as rows from (
      select id, rows, div(sum(rows) over (order by id) - 1, ${ENTRIES_AT_ONCE}) as nr from (
        select id, count(*) as rows from (${ids}) a group by id) b) c group by nr`,
    merge: (tx, range) => mergePiece(tx, table, { ...range, gone: null }),
  };
}

/** What the LMS has deleted: imported rows that are not staged, although they, or their history, would be. */
function deletions(tracked: TrackedTable, isFull: boolean): Step {
  const { table, live, past } = tracked;
  const gone = `select source_id from imported_row k where source_table = '${table}' and checksum is not null
    and not exists (select from ${stagedName(live)} s where s.id = k.source_id)
    ${isFull ? "" : `and source_id in (select id from ${stagedName(past!)})`}`;
  return {
    name: `${live.name} deleted`,
    pieces: `select min(source_id) as first, max(source_id) as last, count(*) as rows from (
      select source_id, (row_number() over (order by source_id) - 1) / ${DELETIONS_AT_ONCE} as nr from (${gone}) g) g
      group by nr`,
    merge: (tx, range) => mergePiece(tx, tracked, { ...range, gone }),
  };
}

/**
 * Takes an id for each entry that will be imported, in the order of the dates of all of them, so that the history of the
 * whole installation is in that order too. An entry that begins a history is before the earliest that the LMS has recorded.
 */
export function placeStatements(): string[] {
  const parts = TRACKED_TABLES.flatMap(({ table, live, past }) => {
    if (!past) return [];
    const isNew = (source: string, id: string) =>
      `not exists (select from imported_row k where k.source_table = '${source}' and k.source_id = ${id})`;
    return [
      `select 'historical_${table}' as history, p.history_id as source_id, p.history_date as at, 2 as rank
       from ${stagedName(past)} p where ${isNew(`historical_${table}`, "p.history_id")}`,
      `select '${table}', id, least(l.created, f.created, f.history_date), 1
       from ${stagedName(live)} l
       full join (
         select distinct on (id) id, created, history_date, history_type
         from ${stagedName(past)} order by id, history_date collate "C", history_id
       ) f using (id)
       where f.history_type is distinct from '+' and ${isNew(table, "coalesce(l.id, f.id)")}`,
    ];
  });
  return [
    `truncate ${STAGING}.place`,
    `insert into ${STAGING}.place (history, source_id, history_id)
     select history, source_id, nextval('history_id_seq')
     from (select * from (${parts.join(" union all ")}) a order by at collate "C", rank, history, source_id) b`,
    `analyze ${STAGING}.place`,
  ];
}
