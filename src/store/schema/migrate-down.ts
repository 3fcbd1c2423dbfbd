import type { DataSourceOptions, QueryRunner } from "typeorm";
import { exclusively } from "./migrate";

/** The outcome of reverting the newest migration. Both fields are absent where there is none to revert. */
export interface Reverted {
  /** The migration that was reverted. */
  name?: string;
  /** The reason why nothing was reverted, as a sentence. */
  refusal?: string;
}

/** A column of a table, as the catalog has it. */
interface StoredColumn {
  table: string;
  column: string;
}

const COLUMNS = `
  select format('%I.%I', nspname, relname) as table, attname as column from pg_attribute
  join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
  where relkind = 'r' and attnum > 0 and not attisdropped and nspname not in ('pg_catalog', 'information_schema')
    and nspname not like 'pg\\_%' order by 1, attnum`;
const PENDING_REFUNDS =
  "select count(*) from refund where state in ('REQUESTED', 'IN_DOUBT', 'NEEDS_REVIEW')";

/**
 * Reverts the newest migration, unless rows or values would be lost and `discardsData` is not set. While refunds are
 * pending it refuses in any case, because their outcome would be lost. A trial revert, which is undone in the same
 * transaction, finds what would be lost.
 */
export function migrateDown(options: DataSourceOptions, discardsData = false): Promise<Reverted> {
  return exclusively(options, async (migrations, connection) => {
    const [newest] = await migrations.getExecutedMigrations();
    if (!newest) return {};
    await connection.startTransaction();
    try {
      const refusal =
        (await refundsUnderWay(connection)) ??
        (discardsData ? null : await losses(connection, () => migrations.undoLastMigration()));
      if (refusal) return { refusal };
      await migrations.undoLastMigration();
      await connection.commitTransaction();
      return { name: newest.name };
    } finally {
      if (connection.isTransactionActive) await connection.rollbackTransaction();
    }
  });
}

async function refundsUnderWay(connection: QueryRunner): Promise<string | null> {
  const [{ exists }] = (await connection.query("select to_regclass('refund') is not null as exists")) as [
    { exists: boolean },
  ];
  if (!exists) return null;
  const [{ count }] = (await connection.query(PENDING_REFUNDS)) as [{ count: string }];
  return count === "0"
    ? null
    : `${count} refund(s) are pending or need a review: settle them first, because their outcome would be lost`;
}

/** Lists the tables and columns with data that would be lost. */
async function losses(connection: QueryRunner, takeBack: () => Promise<void>): Promise<string | null> {
  const before = (await connection.query(COLUMNS)) as StoredColumn[];
  await connection.query("savepoint as_it_is");
  await takeBack();
  const after = (await connection.query(COLUMNS)) as StoredColumn[];
  await connection.query("rollback to savepoint as_it_is");
  const tables = new Set(after.map(({ table }) => table));
  const columns = new Set(after.map(({ table, column }) => `${table} ${column}`));
  const gone = before.filter(({ table, column }) => !columns.has(`${table} ${column}`));
  const lost: string[] = [];
  for (const table of new Set(gone.map((each) => each.table).filter((name) => !tables.has(name)))) {
    const [{ count }] = (await connection.query(`select count(*) from ${table}`)) as [{ count: string }];
    if (count !== "0") lost.push(`${count} row(s) of ${table}`);
  }
  for (const { table, column } of gone.filter((each) => tables.has(each.table))) {
    const [{ count }] = (await connection.query(`select count("${column}") from ${table}`)) as [
      { count: string },
    ];
    if (count !== "0") lost.push(`${count} value(s) of ${table}.${column}`);
  }
  return lost.length === 0 ? null : `It would lose ${lost.join(", ")}`;
}
