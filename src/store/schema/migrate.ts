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
  /** Whether this version has it; a newer one may have taken more. */
  isKnown: boolean;
}

/** Any number, as long as nothing else that shares the database takes it. */
const MIGRATION_LOCK = 1_795_305_600;
const OLDEST_POSTGRESQL = 15;

/** Is told when another server or command has the turn, so that this one waits, with the id of its process in PostgreSQL. */
export type OnWait = (pid: number | undefined) => void;

/** How one waits for its turn with the schema, and begins it. */
export interface Turn {
  onWait?: OnWait;
  /** Comes first in the turn. Where it throws, nothing has changed. */
  before?: (owner: EntityManager) => Promise<void>;
}

/**
 * Brings the schema up to date, one server at a time, and returns the names of what it applied. `then` is what else
 * only one server at a time may do, as it starts.
 */
export function migrateUp(
  options: DataSourceOptions,
  then?: (owner: EntityManager) => Promise<void>,
  turn?: Turn,
): Promise<string[]> {
  const work = async (migrations: MigrationExecutor, { manager }: QueryRunner) => {
    const applied = await migrations.executePendingMigrations();
    await then?.(manager);
    return applied.map(({ name }) => name);
  };
  return exclusively(options, work, turn);
}

/** Every migration, oldest first. */
export function migrationStates(options: DataSourceOptions, turn?: Turn): Promise<MigrationState[]> {
  const work = async (migrations: MigrationExecutor, { connection }: QueryRunner) => {
    const known = knownMigrations(connection);
    const applied = (await migrations.getExecutedMigrations()).toReversed();
    const pending = await migrations.getPendingMigrations();
    return [...applied, ...pending].map(({ name }, i) => ({
      name,
      isApplied: i < applied.length,
      isKnown: known.includes(name),
    }));
  };
  return exclusively(options, work, turn);
}

/** The names of the migrations that a database lacks, oldest first: every role that may read the database can ask. */
export async function pendingMigrations(db: DataSource): Promise<string[]> {
  const [row] = await db.query<[{ exists: boolean }]>(
    "select to_regclass('migrations') is not null as exists",
  );
  const rows = row.exists ? await db.query<{ name: string }[]>('select name from "migrations"') : [];
  const applied = new Set(rows.map(({ name }) => name));
  return knownMigrations(db).filter((name) => !applied.has(name));
}

/** The names of the migrations of this version, oldest first. */
export function knownMigrations({ migrations }: DataSource): string[] {
  return migrations.map(({ name, constructor }) => name ?? constructor.name);
}

/** TypeORM does not keep two from running migrations at once: one connection does it, under a lock while it lives. */
export async function exclusively<T>(
  options: DataSourceOptions,
  work: (migrations: MigrationExecutor, connection: QueryRunner) => Promise<T>,
  { onWait, before }: Turn = {},
): Promise<T> {
  const db = await new DataSource(options).initialize();
  try {
    const { version } = db.driver;
    if (Number.parseInt(version!, 10) < OLDEST_POSTGRESQL)
      throw new Error(`is PostgreSQL ${version}, but ${OLDEST_POSTGRESQL} or newer is needed`);
    const connection = db.createQueryRunner();
    await takeTurn(connection, onWait);
    await refuseOtherSchema(connection.manager);
    await before?.(connection.manager);
    return await work(new MigrationExecutor(db, connection), connection);
  } finally {
    await db.destroy();
  }
}

/**
 * Throws an error that says what to do where the tables are in another schema than the one in which new ones would be made:
 * a migration would begin a second set of them, and hide the first one.
 */
async function refuseOtherSchema(db: EntityManager): Promise<void> {
  const [other] = await db.query<{ schema: string; first: string | null }[]>(
    `select relnamespace::regnamespace::text as schema, current_schema()::text as first from pg_class
     where oid = to_regclass('course_entitlement') and relnamespace::regnamespace::name is distinct from current_schema()`,
  );
  if (other)
    throw new Error(
      `has its tables in the schema ${other.schema}, but search_path begins with ${other.first}: set search_path for the user so that ${other.schema} comes first`,
    );
}

async function takeTurn(connection: QueryRunner, onWait?: OnWait): Promise<void> {
  const [{ isOurs }] = (await connection.query('select pg_try_advisory_lock($1) as "isOurs"', [
    MIGRATION_LOCK,
  ])) as [{ isOurs: boolean }];
  if (isOurs) return;
  const [holder] = (await connection.query(
    `select pid from pg_locks where locktype = 'advisory' and granted and classid = 0 and objid = $1
       and database = (select oid from pg_database where datname = current_database())`,
    [MIGRATION_LOCK],
  )) as { pid: number }[];
  onWait?.(holder?.pid);
  await connection.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
}
