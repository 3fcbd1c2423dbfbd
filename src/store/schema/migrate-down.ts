import type { DataSourceOptions, MigrationExecutor, QueryRunner } from "typeorm";
import { exclusively, knownMigrations, type Turn } from "./migrate";
import { countsOf, storedTables } from "./stored-data";

/** The outcome of reverting the newest migration. Both fields are absent where there is none to revert. */
export interface Reverted {
  /** The migration that was reverted. */
  name?: string;
  /** The reason why nothing was reverted, as a sentence. */
  refusal?: string;
}

const PENDING_REFUNDS =
  "select count(*) from refund where state in ('REQUESTED', 'IN_DOUBT', 'NEEDS_REVIEW')";

/**
 * Reverts the newest migration, unless rows or values would be lost and `discardsData` is not set. While refunds are
 * pending it refuses in any case, because their outcome would be lost, and so it does where rows do not fit what the schema
 * was before. A trial revert, which is undone in the same transaction, finds what would be lost.
 */
export function migrateDown(
  options: DataSourceOptions,
  discardsData = false,
  turn?: Turn,
): Promise<Reverted> {
  const work = async (migrations: MigrationExecutor, connection: QueryRunner) => {
    const [newest] = await migrations.getExecutedMigrations();
    if (!newest) return {};
    if (!knownMigrations(connection.connection).includes(newest.name))
      return { refusal: `${newest.name} is of a newer version: revert it with that version` };
    await connection.startTransaction();
    try {
      const refusal =
        (await refundsUnderWay(connection)) ??
        (discardsData ? null : await losses(connection, () => migrations.undoLastMigration()));
      if (refusal) return { refusal };
      await migrations.undoLastMigration();
      await connection.commitTransaction();
      return { name: newest.name };
    } catch (error) {
      const refusal = misfit(error);
      if (refusal === null) throw error;
      return { refusal };
    } finally {
      if (connection.isTransactionActive) await connection.rollbackTransaction();
    }
  };
  return exclusively(options, work, turn);
}

/** What PostgreSQL tells of a statement that failed, and TypeORM passes on. */
interface Violation {
  code?: string;
  table?: string;
  column?: string;
  constraint?: string;
}

/** Why rows do not fit what the schema was before; null for any other error. */
function misfit(error: unknown): string | null {
  const { code, table, column, constraint } = error as Violation;
  if (!code?.startsWith("23")) return null;
  const rule = constraint ?? `that ${column} is never null`;
  return `There are rows of ${table} that the schema had no place for before, because of the constraint ${rule}: change or delete them first`;
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
  const before = await storedTables(connection);
  const had = await countsOf(
    connection,
    before.filter(({ isOurs }) => isOurs),
  );
  await connection.query("savepoint as_it_is");
  await takeBack();
  const after = await storedTables(connection);
  const has = await countsOf(
    connection,
    after.filter(({ isOurs }) => isOurs),
  );
  await connection.query("rollback to savepoint as_it_is");
  const left = new Map(after.map((table) => [table.name, table]));
  const lost: string[] = [];
  for (const table of before) {
    const { name } = table;
    const now = left.get(name);
    const gone = table.columns.filter((column) => !now?.columns.includes(column));
    // What is still there and belongs to others, no migration of ours changes.
    if (!table.isOurs && gone.length === 0) continue;
    const counted = had.get(name) ?? (await countsOf(connection, [table])).get(name)!;
    const rows = Math.max(0, counted.rows - (now ? (has.get(name)?.rows ?? counted.rows) : 0));
    if (rows > 0) lost.push(`${rows} row(s) of ${name}`);
    if (!now) continue;
    for (const column of table.columns) {
      const values = counted.values.get(column)! - (has.get(name)?.values.get(column) ?? 0);
      if (values > rows) lost.push(`${values} value(s) of ${name}.${column}`);
    }
  }
  return lost.length === 0 ? null : `It would lose ${lost.join(", ")}`;
}
