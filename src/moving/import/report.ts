import type { EntityManager } from "typeorm";
import { STAGING, stagedName } from "../staging/names";
import { ALL_TABLES } from "../tables/all";

/** What became of a row of the source, where it was not simply stored. */
export interface Note {
  /** The table of the source. */
  table: string;
  /** The id of the row in the source, or what else tells it from others. */
  row: string;
  /** What became of it. */
  outcome: "refused" | "altered" | "kept" | "added";
  /** Why, in words; never what an agent has written. */
  reason: string;
}

/** What an import has done with one table of the source. */
export interface TableReport {
  table: string;
  /** How many rows were read. */
  read: number;
  /** How many rows there are by what became of them, such as `new`, `changed`, `same` or `deleted`. */
  rows: Record<string, number>;
}

/** What an import has done. */
export interface Report {
  tables: TableReport[];
  /** How many notes there are of each kind. */
  reasons: (Omit<Note, "row"> & { count: number })[];
}

/** Sums up what was noted while rows were stored. */
export async function reportOf(tx: EntityManager): Promise<Report> {
  const tables: TableReport[] = [];
  for (const table of ALL_TABLES) {
    const [{ read }] = await tx.query<[{ read: string }]>(
      `select count(*) as read from ${stagedName(table)}`,
    );
    const rows = await tx.query<{ outcome: string; rows: string }[]>(
      `select outcome, sum(rows) as rows from ${STAGING}.tally where source_table = $1 group by outcome`,
      [table.name],
    );
    tables.push({
      table: table.name,
      read: Number(read),
      rows: Object.fromEntries(rows.map(({ outcome, rows: count }) => [outcome, Number(count)])),
    });
  }
  const reasons = await tx.query<(Omit<Note, "row"> & { count: string })[]>(
    `select source_table as table, outcome, reason, count(*) from (
       select source_table, outcome, regexp_replace(reason, '\\d+ was not imported', '… was not imported') as reason
       from ${STAGING}.note) n
     group by 1, 2, 3 order by 1, 2, 4 desc, 3`,
  );
  return { tables, reasons: reasons.map((each) => ({ ...each, count: Number(each.count) })) };
}

const NOTES_AT_ONCE = 5_000;

/** Every note, some at a time. */
export async function* notesOf(tx: EntityManager): AsyncGenerator<Note[]> {
  await tx.query(`declare notes cursor for select source_table as table, source_id as row, outcome, reason
    from ${STAGING}.note order by source_table, outcome, reason, source_id`);
  for (;;) {
    const notes = await tx.query<Note[]>(`fetch ${NOTES_AT_ONCE} from notes`);
    if (notes.length === 0) break;
    yield notes;
  }
  await tx.query("close notes");
}
