import { DataSource, type DataSourceOptions } from "typeorm";
import { ConfigError, type Config } from "../config";
import { hasOrder } from "../proof/home";
import { pendingMigrations } from "../store/schema/migrate";
import { openDatabase, ownerSetting, refuseAway, using, usingAsOwner, type Database } from "./database";

type OptionsFor = (url: string) => DataSourceOptions;

/** What a command demands of its database: throws a ConfigError that says what to do first. */
export type Demand = (db: DataSource) => Promise<void>;

/** Of a command that only reads: all migrations, as commands run none. It may look at what was restored. */
export const toRead: Demand = async (db) => {
  const [missing] = await pendingMigrations(db);
  if (missing)
    throw new ConfigError(`The database lacks migrations, first ${missing}: run npm run migrate -- up`);
};

/** Of a command that writes: also that history can go on here, as a server demands when it starts. */
const toWrite: Demand = async (db) => {
  await toRead(db);
  await refuseAway(db.manager);
};

/** Of history:adopt: that there is an order of history, which older versions have too. Migrations come afterwards. */
export const toAdopt: Demand = async (db) => {
  if (!(await hasOrder(db.manager))) await toRead(db);
};

/** Connects to a database for a command. Throws a ConfigError where it is not what the command demands. */
export function openMigrated(
  database: Database,
  optionsFor: OptionsFor,
  demand = toWrite,
): Promise<DataSource> {
  return using(database, (url) => open(url, optionsFor, demand));
}

/** The same, as the role of MIGRATION_DATABASE_URL where that is set. */
export function openMigratedAsOwner(
  database: Database,
  optionsFor: OptionsFor,
  demand = toWrite,
): Promise<DataSource> {
  return usingAsOwner(database, (url) => open(url, optionsFor, demand));
}

/** The same, for a command that only the owner of the tables may run: throws a ConfigError where the role is another. */
export async function openOwned(
  database: Database,
  optionsFor: OptionsFor,
  demand = toWrite,
): Promise<DataSource> {
  const db = await openMigratedAsOwner(database, optionsFor, demand);
  const [{ isOwner }] = await db.query<[{ isOwner: boolean }]>(
    `select pg_has_role(relowner, 'member') as "isOwner" from pg_class where oid = 'migrations'::regclass`,
  );
  if (isOwner) return db;
  await db.destroy();
  throw new ConfigError(
    `${ownerSetting(database)}: its user does not own the tables; set MIGRATION_DATABASE_URL for the one that does`,
  );
}

async function open(url: string, optionsFor: OptionsFor, demand: Demand): Promise<DataSource> {
  const db = await new DataSource(optionsFor(url)).initialize();
  try {
    await demand(db);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/**
 * Does the work of a command on the database that the settings name, also while a server runs on it, and closes it
 * afterwards. Throws a ConfigError where it cannot be used, or is not what the command demands.
 */
export async function withDatabase<T>(
  config: Config,
  optionsFor: OptionsFor,
  work: (db: DataSource) => Promise<T>,
  demand = toWrite,
): Promise<T> {
  const database = await openDatabase(config, { join: true });
  try {
    const db = await openMigrated(database, optionsFor, demand);
    try {
      return await work(db);
    } finally {
      await db.destroy();
    }
  } finally {
    await database.stop();
  }
}
