import { pino } from "pino";
import { DataSource, type DataSourceOptions } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../ormconfig";
import type { App } from "./app";
import { Rate } from "./auth/rate";
import { ConfigError, type Config } from "./config";
import { CircuitBreaker } from "./gateways/circuit-breaker";
import { clientCredentials } from "./gateways/client-credentials";
import { EmbeddedRefundGateway } from "./gateways/refund/embedded";
import { HttpRefundGateway } from "./gateways/refund/coordinator";
import { NoRefundGateway } from "./gateways/refund/none";
import type { RefundGateway, Refunds } from "./gateways/refund/refund-gateway";
import { WebhookSender } from "./gateways/webhook/webhook-sender";
import { startEmbeddedPostgres } from "./postgres/embedded-postgres";
import { sequenceFault } from "./proof/posture";
import { SupportAgents } from "./reads/accounts/support-agents";
import { connectionFault } from "./store/connection-fault";
import { DatabaseClock } from "./store/database-clock";
import { planFaults } from "./store/fault-point";
import { grantServing } from "./store/schema/grants";
import { migrateUp, pendingMigrations } from "./store/schema/migrate";

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

/** Everything that answers requests, but for the network. */
export interface Composed {
  app: App;
  /** One line that the operator should read, if any. */
  notice: string | undefined;
  /** Closes the connections, and stops the embedded PostgreSQL. */
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

/** The same, as the role that owns the tables. */
export function usingAsOwner<T>(database: Database, work: (url: string) => Promise<T>): Promise<T> {
  const setting = database.migrationUrl === database.url ? "DATABASE_URL" : "MIGRATION_DATABASE_URL";
  return naming(database, setting, () => work(database.migrationUrl));
}

/** Connects to a database for a command. Throws a ConfigError where migrations are missing, as commands run none. */
export function openMigrated(
  database: Database,
  optionsFor: (url: string) => DataSourceOptions,
): Promise<DataSource> {
  return using(database, async (url) => {
    const db = await new DataSource(optionsFor(url)).initialize();
    const [missing] = await pendingMigrations(db);
    if (!missing) return db;
    await db.destroy();
    throw new ConfigError(`The database lacks migrations, first ${missing}: run npm run migrate -- up`);
  });
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
 * Brings the schema up to date as its owner, one server at a time, grants the role that serves what it needs where
 * that is another, and does `then`. Returns the names of what was applied.
 */
export function migrate(database: Database, then?: () => Promise<void>): Promise<string[]> {
  return usingAsOwner(database, (migrationUrl) =>
    migrateUp(migrationOptions(migrationUrl), async (owner) => {
      if (migrationUrl !== database.url) await grantServing(owner, await using(database, roleOf));
      await using(database, async () => then?.());
    }),
  );
}

async function roleOf(url: string): Promise<string> {
  const db = await new DataSource(migrationOptions(url)).initialize();
  try {
    const [row] = await db.query<[{ role: string }]>("select session_user as role");
    return row.role;
  } finally {
    await db.destroy();
  }
}

/**
 * Builds the App on a migrated database. `firstStart` runs for one server at a time, before any of them is composed.
 * Throws ConfigError and EmbeddedPostgresError.
 */
export async function compose(config: Config, firstStart?: (app: App) => Promise<void>): Promise<Composed> {
  const log = pino({ level: config.logLevel });
  const database = await openDatabase(config);
  const db = new DataSource(dataSourceOptions(database.url, config.poolSize));
  const clock = new DatabaseClock(db);
  const refunds = composeRefunds(config, db, clock.now);
  const refundRate = composeRefundRate(config);
  const supportAgents = new SupportAgents(db);
  const webhooks = composeWebhooks(config);
  const app: App = { config, db, log, clock: clock.now, refunds, refundRate, supportAgents, webhooks };
  if (config.faultPlanUrl) planFaults(config.faultPlanUrl);
  const stop = async () => {
    clock.stop();
    supportAgents.stop();
    if (db.isInitialized) await db.destroy();
    await database.stop();
  };
  try {
    await migrate(database, async () => {
      await db.initialize();
      await clock.start();
      await supportAgents.start();
      const fault = await sequenceFault(db.manager);
      if (fault) throw new Error(fault);
      await firstStart?.(app);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { app, notice: database.notice, stop };
}

/** The shop of REFUND_SHOP, spared while it does not answer. */
export function composeRefunds(config: Config, db: DataSource, clock: () => Date): Refunds {
  return new CircuitBreaker(refundGateway(config, db), 2 * config.refund.deadlineMs, clock);
}

/** What sends the messages of webhooks. */
export function composeWebhooks({ webhooks: { deadlineMs, arePrivateAllowed } }: Config): WebhookSender {
  return new WebhookSender(deadlineMs, arePrivateAllowed);
}

/** Counts refunds by the limits of the settings. */
export function composeRefundRate({ refundsPerHour }: Config): Rate {
  return new Rate({ what: "refunds", span: "an hour", spanMs: 3_600_000, ...refundsPerHour });
}

function refundGateway({ refund, oauth }: Config, db: DataSource): RefundGateway {
  const { shop, deadlineMs, coordinatorUrl: baseUrl, isKeyed } = refund;
  if (shop === "embedded")
    return new EmbeddedRefundGateway((text, values) => db.query(text, [...values]), deadlineMs);
  if (shop === "none") return new NoRefundGateway();
  const authorization = oauth && clientCredentials({ ...oauth, deadlineMs });
  return new HttpRefundGateway({ baseUrl, isKeyed, authorization, deadlineMs });
}
