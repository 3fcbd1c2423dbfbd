import type { Connection } from "mysql2";
import { ALL_TABLES } from "../tables/all";
import type { SourceTable } from "../tables/source-table";
import { refuseMissing, type Part, type Source, type SourceRow } from "./source";
import { faultOf, openMysqlConnection, type MysqlConnection } from "./mysql-connection";

const ROWS_AT_ONCE = 500;

/**
 * The tables of a MySQL or MariaDB as one consistent snapshot, which is read only. The password is that of the URL or,
 * where the URL has none, the given one. Throws a SourceFault.
 */
export async function openMysql(from: string, password: string | undefined): Promise<Source> {
  const { protocol, host, pathname } = new URL(from);
  const db = await openMysqlConnection(from, password);
  try {
    await db.ask("set session transaction isolation level repeatable read");
    await db.ask("start transaction with consistent snapshot, read only");
    refuseMissing(await missingIn(db));
    const [[asOf]] = (await db.ask("select utc_timestamp(6)")) as [[string]];
    return {
      name: `${protocol}//${host}${pathname}`,
      asOf,
      isDatabase: true,
      unit: "rows",
      async sizeOf(table) {
        const [[count]] = (await db.ask(`select count(*) from (${selectOf(table, null)}) t`)) as [[string]];
        return Number(count);
      },
      read: (table, part, onRead) => stream(db.connection, selectOf(table, part), onRead),
      close: db.close,
    };
  } catch (error) {
    await db.close();
    throw faultOf(error);
  }
}

async function missingIn({ ask }: MysqlConnection): Promise<string[]> {
  const rows = await ask(
    "select table_name, column_name from information_schema.columns where table_schema = database()",
  );
  const columns = new Map<string, Set<string>>();
  for (const [table, column] of rows as [string, string][])
    columns.set(table, (columns.get(table) ?? new Set()).add(column));
  return ALL_TABLES.flatMap((table) => {
    const known = columns.get(table.name);
    if (!known) return [`the table ${table.name}`];
    return table.columns.filter((each) => !known.has(each)).map((each) => `the column ${table.name}.${each}`);
  });
}

function selectOf({ name, columns, only }: SourceTable, part: Part | null): string {
  const list = columns.map((column) => `\`${column}\``).join(", ");
  const conditions = part ? [`${part.column} in (${part.among.join(", ") || "null"})`] : only;
  const all = `select ${list} from \`${name}\``;
  return conditions.map((condition) => `${all} where ${condition}`).join(" union ") || all;
}

/** Reads the rows of a statement as fast as they are taken. */
async function* stream(
  connection: Connection,
  sql: string,
  onRead: (rows: number) => void,
): AsyncGenerator<SourceRow[]> {
  let rows: SourceRow[] = [];
  let state: { isDone: boolean; error?: Error } = { isDone: false };
  let wake = () => {};
  connection
    .query(sql)
    .on("error", (error) => {
      state = { isDone: true, error };
      wake();
    })
    .on("result", (row: Value[]) => {
      rows.push(row.map(textOf));
      if (rows.length < ROWS_AT_ONCE) return;
      connection.pause();
      wake();
    })
    .on("end", () => {
      state.isDone = true;
      wake();
    });
  while (!state.isDone || rows.length > 0) {
    if (rows.length < ROWS_AT_ONCE && !state.isDone) await new Promise<void>((resolve) => (wake = resolve));
    const taken = rows;
    rows = [];
    onRead(taken.length);
    yield taken;
    connection.resume();
  }
  if (state.error) throw faultOf(state.error);
}

/** What the driver makes of a column: whole numbers may be numbers, and bits are bytes. */
type Value = string | number | Uint8Array | null;

function textOf(value: Value): string | null {
  if (value === null || typeof value === "string") return value;
  if (value instanceof Uint8Array)
    return value.length === 1 && value[0]! < 2 ? String(value[0]) : Buffer.from(value).toString();
  return String(value);
}
