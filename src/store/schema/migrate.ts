import {
  DataSource,
  MigrationExecutor,
  type DataSourceOptions,
  type EntityManager,
  type QueryRunner,
} from "typeorm";

/** Whether a step of the schema's history has been taken in this database. */
export interface MigrationState {
  name: string;
  isApplied: boolean;
}

/** Any number, as long as nothing else that shares the database takes it. */
const MIGRATION_LOCK = 1_795_305_600;
const OLDEST_POSTGRESQL = 15;

/**
 * Brings the schema up to date, one server at a time, and returns the names of what it applied. `then` is what else
 * only one server at a time may do, as it starts.
 */
export function migrateUp(
  options: DataSourceOptions,
  then?: (owner: EntityManager) => Promise<void>,
): Promise<string[]> {
  return exclusively(options, async (migrations, { manager }) => {
    const applied = await migrations.executePendingMigrations();
    await then?.(manager);
    return applied.map(({ name }) => name);
  });
}

/** Every migration, oldest first. */
export function migrationStates(options: DataSourceOptions): Promise<MigrationState[]> {
  return exclusively(options, async (migrations) => {
    const applied = (await migrations.getExecutedMigrations()).toReversed();
    const pending = await migrations.getPendingMigrations();
    return [...applied, ...pending].map(({ name }, i) => ({ name, isApplied: i < applied.length }));
  });
}

/** The names of the migrations that a database lacks, oldest first: every role that may read the database can ask. */
export async function pendingMigrations(db: DataSource): Promise<string[]> {
  const [row] = await db.query<[{ exists: boolean }]>(
    "select to_regclass('migrations') is not null as exists",
  );
  const rows = row.exists ? await db.query<{ name: string }[]>('select name from "migrations"') : [];
  const applied = new Set(rows.map(({ name }) => name));
  return db.migrations
    .map(({ name, constructor }) => name ?? constructor.name)
    .filter((name) => !applied.has(name));
}

/** TypeORM does not keep two from running migrations at once: one connection does it, under a lock while it lives. */
export async function exclusively<T>(
  options: DataSourceOptions,
  work: (migrations: MigrationExecutor, connection: QueryRunner) => Promise<T>,
): Promise<T> {
  const db = await new DataSource(options).initialize();
  try {
    const { version } = db.driver;
    if (Number.parseInt(version!, 10) < OLDEST_POSTGRESQL)
      throw new Error(`is PostgreSQL ${version}, but ${OLDEST_POSTGRESQL} or newer is needed`);
    const connection = db.createQueryRunner();
    await connection.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    return await work(new MigrationExecutor(db, connection), connection);
  } finally {
    await db.destroy();
  }
}
