import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { PoolClient } from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { DataSource, QueryRunner } from "typeorm";
import { inSnapshot } from "../../store/snapshot";
import { SourceFault, type SourceRow } from "../sources/source";
import { tabRows, POSTGRES } from "../sources/tab-text";
import type { SourceTable } from "../tables/source-table";
import { TRACKED_TABLES } from "../tables/tracked-tables";
import { definitionOf } from "./definitions";
import { exportedLive, exportedPast, UNNUMBERED_LINKS } from "./exported";
import { FORMATS, type Format } from "./formats";
import { linkStatement, loadStatements } from "./load-statements";

/** What is written, and where to. */
export interface Export {
  db: DataSource;
  /** A folder that does not exist or is empty. */
  folder: string;
  /** `txt`, `csv` or `jsonl`. */
  format: string;
  /** Is told how many rows of how many are written. */
  onProgress: (done: number, total: number) => void;
}

/** How many rows of a table were written. */
export interface ExportedTable {
  table: string;
  count: number;
}

/**
 * Writes all entitlements with what belongs to them and their history to a new folder, as one snapshot of the database. It
 * changes nothing there. Throws a SourceFault where the folder holds files.
 */
export async function exportFolder({ db, folder, format, onProgress }: Export): Promise<ExportedTable[]> {
  const form = FORMATS[format];
  if (!form) throw new SourceFault(`${format} is none of the formats ${Object.keys(FORMATS).join(", ")}`);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new SourceFault(`${folder} holds files: name a folder that does not exist or is empty`);
  mkdirSync(folder, { recursive: true });
  return inSnapshot(db, async (tx) => {
    const queryRunner = tx.queryRunner!;
    const total = await countRows(queryRunner);
    const hasDashes = await areUuidsDashed(queryRunner);
    const written: ExportedTable[] = [];
    let done = 0;
    const onRows = (count: number) => onProgress((done += count), Math.max(done, total));
    for (const { table, sql } of partsOf()) {
      const count = await writeTable(queryRunner, table, sql, { folder, form, onRows });
      if (form.ending === "txt")
        writeFileSync(join(folder, `${table.name}.sql`), definitionOf(table, hasDashes));
      written.push({ table: table.name, count });
    }
    if (form.ending === "txt") await writeLoad(queryRunner, folder);
    onProgress(total, total);
    return written;
  });
}

function partsOf(): { table: SourceTable; sql: string }[] {
  return TRACKED_TABLES.flatMap((table) => [
    { table: table.live, sql: exportedLive(table) },
    ...(table.past ? [{ table: table.past, sql: exportedPast(table) }] : []),
  ]);
}

async function countRows(queryRunner: QueryRunner): Promise<number> {
  const tables = TRACKED_TABLES.flatMap(({ table, past }) =>
    past ? [table, `historical_${table}`] : [table],
  );
  const [row] = (await queryRunner.query(
    `select ${tables.map((table) => `(select count(*) from ${table})`).join(" + ")} as count`,
  )) as [{ count: string }];
  return Number(row.count);
}

/** Whether the LMS that was imported stores UUIDs with dashes, as a newer one on MariaDB does. */
async function areUuidsDashed(queryRunner: QueryRunner): Promise<boolean> {
  const [row] = (await queryRunner.query(
    `select exists (select from imported_row
       where source_table = 'course_entitlement' and original->>'uuid' like '%-%') as dashed`,
  )) as [{ dashed: boolean }];
  return row.dashed;
}

interface Target {
  folder: string;
  form: Format;
  onRows: (count: number) => void;
}

async function writeTable(
  queryRunner: QueryRunner,
  { name, columns }: SourceTable,
  sql: string,
  { folder, form, onRows }: Target,
): Promise<number> {
  const file = createWriteStream(join(folder, `${name}.${form.ending}`));
  let count = 0;
  file.write(form.header(columns));
  for await (const rows of rowsOf(queryRunner, sql)) {
    count += rows.length;
    onRows(rows.length);
    if (!file.write(rows.map((row) => form.line(columns, withNuls(columns, row))).join("")))
      await once(file, "drain");
  }
  file.end();
  await finished(file);
  return count;
}

/** The rows of a statement, as they come. */
async function* rowsOf(queryRunner: QueryRunner, sql: string): AsyncGenerator<SourceRow[]> {
  const client = (await queryRunner.connect()) as PoolClient;
  const stream = client.query(copyTo(`copy (${sql}) to stdout`));
  stream.setEncoding("utf8");
  yield* tabRows(stream, POSTGRES);
}

/** Puts the character NUL back where it was; the last value says where. */
function withNuls(columns: readonly string[], row: SourceRow): SourceRow {
  const nuls = row.at(-1);
  const values = row.slice(0, -1);
  if (nuls === null || nuls === undefined) return values;
  for (const [column, places] of Object.entries(JSON.parse(nuls) as Record<string, number[]>)) {
    const index = columns.indexOf(column);
    let value = values[index] ?? "";
    for (const place of places) value = `${value.slice(0, place)}\0${value.slice(place)}`;
    values[index] = value;
  }
  return values;
}

async function writeLoad(queryRunner: QueryRunner, folder: string): Promise<void> {
  const file = createWriteStream(join(folder, "load.sql"));
  file.write(loadStatements());
  for await (const rows of rowsOf(queryRunner, UNNUMBERED_LINKS))
    file.write(rows.map(([uuid, userId, run]) => linkStatement(uuid!, userId!, run!)).join(""));
  file.end("commit;\n");
  await finished(file);
}
