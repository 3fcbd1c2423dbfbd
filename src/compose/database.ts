import { DataSource, type EntityManager } from "typeorm";
import { migrationOptions } from "../../ormconfig";
import { ConfigError, type Config } from "../config";
import { startEmbeddedPostgres } from "../postgres/embedded-postgres";
import { homeFaults } from "../proof/home";
import { connectionFault } from "../store/connection/connection-fault";
import { grantServing, takenFromServing } from "../store/schema/grants";
import { renewGuards, staleGuards } from "../store/schema/guards";
import { migrateUp, type OnWait } from "../store/schema/migrate";

/** A PostgreSQL to use: the one of DATABASE_URL, or the embedded one. */
export interface Database {
  url: string;
  /** The same one, for the role that owns the tables; the same as `url` unless MIGRATION_DATABASE_URL is set. */
  migrationUrl: string;
  /** One line that the operator should read, if any. */
  notice?: string | undefined;
  /** Whether it is ours. */
  isEmbedded: boolean;
  /** Stops the embedded one, if this process started it. */
  stop(): Promise<void>;
}

/**
 * Finds the PostgreSQL of DATABASE_URL, or starts the embedded one. Commands `join` the one of a running server.
 * Throws EmbeddedPostgresError.
 */
export async function openDatabase(config: Config, { join = false } = {}): Promise<Database> {
  const { databaseUrl: url, migrationDatabaseUrl } = config;
  if (url)
    return {
      url,
      migrationUrl: migrationDatabaseUrl ?? url,
      isEmbedded: false,
      stop: () => Promise.resolve(),
    };
  const embedded = await startEmbeddedPostgres(config.dataDir, { join });
  return { ...embedded, migrationUrl: embedded.url, isEmbedded: true };
}

/** Does something with a database; where it cannot be used, throws a ConfigError that names the setting. */
export function using<T>(database: Database, work: (url: string) => Promise<T>): Promise<T> {
  return naming(database, "DATABASE_URL", () => work(database.url));
}

/** The same, as the role that owns the tables. Throws a ConfigError also where it is to own them in another database. */
export function usingAsOwner<T>(database: Database, work: (url: string) => Promise<T>): Promise<T> {
  return naming(database, ownerSetting(database), async () => {
    if (database.migrationUrl !== database.url) await assertSame(database);
    return work(database.migrationUrl);
  });
}

/** By the name, the cluster and the time when it was started: a copy of a cluster has the same number. */
const WHICH = `
  select concat_ws(' ', current_database(), (select system_identifier from pg_control_system()),
    extract(epoch from pg_postmaster_start_time())) as answer`;

async function assertSame(database: Database): Promise<void> {
  const owned = await askOnce(database.migrationUrl, WHICH);
  if (owned !== (await using(database, (url) => askOnce(url, WHICH))))
    throw new ConfigError("MIGRATION_DATABASE_URL: names another database than DATABASE_URL");
}

/** The setting that names the database for the role that owns the tables. */
export function ownerSetting({ url, migrationUrl }: Database): string {
  return migrationUrl === url ? "DATABASE_URL" : "MIGRATION_DATABASE_URL";
}

async function naming<T>(database: Database, setting: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw database.isEmbedded || error instanceof ConfigError
      ? error
      : new ConfigError(`${setting}: ${connectionFault(error)}`, { cause: error });
  }
}

/**
 * Brings the schema up to date as its owner, one server at a time, has the guards of history name that role, grants the role
 * that serves what it needs where that is another, and does `then`. Returns the names of what was applied. Throws a
 * ConfigError, and changes nothing, where history cannot go on, as migrations write history, and where the role that serves owns
 * the database or its schema. Throws one, too, where the guards name another role than the owner, and this one may not change
 * that.
 */
export function migrate(
  database: Database,
  then?: () => Promise<void>,
  onWait: OnWait = sayWait,
): Promise<string[]> {
  return usingAsOwner(database, async (migrationUrl) => {
    const serving =
      migrationUrl === database.url
        ? null
        : await using(database, (url) => askOnce(url, "select session_user as answer"));
    const before = async (owner: EntityManager) => {
      await refuseAway(owner);
      if (serving !== null) await refuseOwning(owner, serving);
    };
    const others: string[] = [];
    const grantAndThen = async (owner: EntityManager) => {
      if (await renewed(owner)) others.push("the guards of history for the role that owns the tables now");
      if (serving !== null) await grantServing(owner, serving);
      await using(database, async () => then?.());
    };
    const applied = await migrateUp(migrationOptions(migrationUrl), grantAndThen, { onWait, before });
    return [...applied, ...others];
  });
}

/** Throws a ConfigError that says what to do where the role that serves may drop what guards history. */
async function refuseOwning(owner: EntityManager, serving: string): Promise<void> {
  const statements = await takenFromServing(owner, serving);
  if (statements.length > 0)
    throw new ConfigError(
      "DATABASE_URL: its user owns the database or its schema, and so may drop what guards history:" +
        ` as a superuser, run ${statements.join("; ")}`,
    );
}

/** Whether guards of history had to be replaced. */
async function renewed(owner: EntityManager): Promise<boolean> {
  const stale = await staleGuards(owner);
  if (stale.some(({ isOurs }) => !isOurs))
    throw new ConfigError(
      "The guards of history name another role than the owner of the tables, and that role could bypass history:" +
        " run npm run migrate -- up as the owner (MIGRATION_DATABASE_URL)",
    );
  if (stale.length > 0) await renewGuards(owner, stale);
  return stale.length > 0;
}

/** Says to the operator at the command line what a command waits for. */
export const sayWait: OnWait = (pid) =>
  void process.stderr.write(
    `waits for another server or command that migrates the database (process ${pid} of PostgreSQL)\n`,
  );

/** The answer to a question of one value, with a connection of its own. */
async function askOnce(url: string, sql: string): Promise<string> {
  const db = await new DataSource(migrationOptions(url)).initialize();
  try {
    const [row] = await db.query<[{ answer: string }]>(sql);
    return row.answer;
  } finally {
    await db.destroy();
  }
}

/** Throws a ConfigError that says what to do where nothing can be written, or history cannot go on in this database. */
export async function refuseAway(db: EntityManager): Promise<void> {
  await refuseReadOnly(db);
  const [fault] = await homeFaults(db);
  if (fault) throw new ConfigError(fault);
}

/** Throws a ConfigError that says why nothing can be written in this database. */
export async function refuseReadOnly(db: EntityManager): Promise<void> {
  const [{ isReadOnly }] = await db.query<[{ isReadOnly: boolean }]>(
    `select current_setting('transaction_read_only')::boolean as "isReadOnly"`,
  );
  if (isReadOnly)
    throw new ConfigError(
      "The database can only be read: it is a standby that is not promoted, or default_transaction_read_only is set",
    );
}
