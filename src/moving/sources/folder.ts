import { createReadStream, existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ALL_TABLES } from "../tables/all";
import type { SourceTable } from "../tables/source-table";
import { csvRows } from "./csv";
import { jsonRows } from "./json-lines";
import { refuseMissing, SourceFault, type Part, type Source, type SourceRow } from "./source";
import { tabRows } from "./tab-text";

const ENDINGS = [".txt", ".csv", ".jsonl"];

/** A file with the rows of one table. */
interface Dump {
  path: string;
  ending: string;
}

/**
 * A folder with a file for each table: `NAME.txt` and `NAME.sql` as `mysqldump --tab` writes them, `NAME.csv` with a
 * header, or `NAME.jsonl`. Without `asOf`, its instant is when the oldest file was written. Throws a SourceFault.
 */
export function openFolder(folder: string, asOf: string | null): Source {
  const dumps = new Map(ALL_TABLES.map((table) => [table.name, dumpOf(folder, table)]));
  refuseMissing([...dumps].flatMap(([name, dump]) => (dump ? [] : [`the table ${name}`])));
  const written = [...dumps.values()].map((dump) => statSync(dump!.path).mtime.toISOString());
  return {
    name: resolve(folder),
    asOf: asOf ?? `${written.toSorted()[0]!.replace("T", " ").replace("Z", "")}000`,
    isDatabase: false,
    unit: "kB",
    sizeOf: async ({ name }) => statSync(dumps.get(name)!.path).size / 1024,
    async *read(table, part, onRead) {
      const dump = dumps.get(table.name)!;
      try {
        for await (const rows of rowsOf(dump, table, onRead)) yield part ? among(rows, table, part) : rows;
      } catch (error) {
        throw error instanceof SourceFault ? new SourceFault(`${dump.path}: ${error.message}`) : error;
      }
    },
    close: async () => {},
  };
}

function dumpOf(folder: string, { name }: SourceTable): Dump | null {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new SourceFault(`${folder} is neither a folder nor a URL such as mysql://user@host/edxapp`);
  const ending = ENDINGS.find((each) => existsSync(join(folder, name + each)));
  if (ending) return { path: join(folder, name + ending), ending };
  const other = readdirSync(folder).find((file) => file.startsWith(`${name}.`) && !file.endsWith(".sql"));
  if (other) throw new SourceFault(`${join(folder, other)} cannot be read: ${NOT_BATCH}`);
  return null;
}

const NOT_BATCH =
  "the output of `mysql -B` does not tell null from the text NULL. Use mysqldump --tab, CSV with a header, or JSON Lines";

async function* rowsOf({ path, ending }: Dump, table: SourceTable, onRead: (kilobytes: number) => void) {
  const text = textOf(path, onRead);
  if (ending === ".txt") {
    const places = placesOf(columnsOf(path, table), table);
    for await (const rows of tabRows(text)) yield rows.map((row) => picked(row, places));
  } else if (ending === ".csv") {
    let places: Places | undefined;
    for await (const rows of csvRows(text)) {
      places ??= placesOf(rows.shift()!, table);
      yield rows.map((row) => picked(row, places!));
    }
    if (!places) throw new SourceFault("a CSV file begins with the names of its columns");
  } else {
    for await (const rows of jsonRows(text)) yield rows.map((row) => named(row, table));
  }
}

async function* textOf(path: string, onRead: (kilobytes: number) => void): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
      onRead(bytes.length / 1024);
      yield decoder.decode(bytes, { stream: true });
    }
    decoder.decode();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "ERR_ENCODING_INVALID_ENCODED_DATA" ? new SourceFault("its text is not UTF-8") : error;
  }
}

/** The columns of a `.txt` in their order, which only the CREATE TABLE of the `.sql` beside it knows. */
function columnsOf(path: string, { name }: SourceTable): string[] {
  const sql = path.replace(/txt$/, "sql");
  if (!existsSync(sql))
    throw new SourceFault(`the order of its columns is in ${sql}, which is missing; ${NOT_BATCH}`);
  const columns = [...readFileSync(sql, "utf8").matchAll(/^\s+`((?:[^`]|``)+)` /gm)].map(
    ([, column]) => column!,
  );
  if (columns.length === 0) throw new SourceFault(`${sql} holds no CREATE TABLE of ${name}`);
  return columns;
}

interface Places {
  /** Where each column that is read stands in a row. */
  indexes: number[];
  /** How many fields every row has. */
  count: number;
}

function placesOf(columns: SourceRow, table: SourceTable): Places {
  const missing = table.columns.filter((column) => !columns.includes(column));
  refuseMissing(missing.map((column) => `the column ${table.name}.${column}`));
  return { indexes: table.columns.map((column) => columns.indexOf(column)), count: columns.length };
}

function picked(row: SourceRow, { indexes, count }: Places): SourceRow {
  if (row.length !== count)
    throw new SourceFault(
      `a row has ${row.length} fields, and not ${count}. If it begins with the names of columns: ${NOT_BATCH}`,
    );
  return indexes.map((index) => row[index]!);
}

function named(row: Record<string, string | null>, table: SourceTable): SourceRow {
  return table.columns.map((column) => {
    const value = row[column];
    if (value === undefined) throw new SourceFault(`a row lacks the column ${column}`);
    return value;
  });
}

function among(rows: SourceRow[], table: SourceTable, { column, among: numbers }: Part): SourceRow[] {
  const place = table.columns.indexOf(column);
  const wanted = new Set(numbers);
  return rows.filter((row) => wanted.has(row[place]!));
}
