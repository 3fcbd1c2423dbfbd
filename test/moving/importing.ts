import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSource } from "typeorm";
import { migrationOptions } from "../../ormconfig";
import { importFromOpenEdx, type Import } from "../../src/moving/import/import-from-open-edx";
import type { Note, Report } from "../../src/moving/import/report";
import { openFolder } from "../../src/moving/sources/folder";
import type { Source, SourceRow } from "../../src/moving/sources/source";
import type { SourceTable } from "../../src/moving/tables/source-table";
import { brokenRows } from "../../src/proof/verify";

/** What `mysqldump --tab` has written of the tables of `edxapp.sql`. */
export const DUMP = "test/moving/dump";
/** The instant of the dump. */
export const AS_OF = "2026-06-01 12:00:00.000000";

/** The options with which imports and exports open a database: what they do may take long. */
export const importOptions = (url: string | undefined) => migrationOptions(url!, 4);

/** Imports a source, by default the dump. */
export async function importInto(
  db: DataSource,
  given: Partial<Pick<Import, "source" | "isDryRun" | "acceptsDeletions">> = {},
): Promise<{ report: Report; notes: Note[] }> {
  const notes: Note[] = [];
  const report = await importFromOpenEdx({
    db,
    source: openFolder(DUMP, AS_OF),
    isDryRun: false,
    acceptsDeletions: false,
    onProgress: () => {},
    onNotes: (some) => notes.push(...some),
    onResume: () => {},
    ...given,
  });
  return { report, notes };
}

/** All rows of a table of a source. */
export async function rowsOf(source: Source, table: SourceTable): Promise<SourceRow[]> {
  const all: SourceRow[] = [];
  for await (const rows of source.read(table, null, () => {})) all.push(...rows);
  return all;
}

/** Which rows differ from their history; none when the history adds up. */
export async function broken(db: DataSource) {
  const all = [];
  for await (const row of brokenRows(db.manager)) all.push(row);
  return all;
}

/** A copy of the dump in which lines of a table are others: a line that becomes empty is removed. */
export function changedDump(changes: readonly [table: string, from: string | RegExp, to: string][]) {
  const folder = mkdtempSync(join(tmpdir(), "course-entitlements-dump-"));
  cpSync(DUMP, folder, { recursive: true });
  for (const [table, from, to] of changes) {
    const path = join(folder, `${table}.txt`);
    const text = readFileSync(path, "utf8");
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${table} has no ${String(from)}`);
    writeFileSync(path, changed);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
