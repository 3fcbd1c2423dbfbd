import { pino } from "pino";
import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../ormconfig";
import type { App } from "./app";
import { ConfigError, type Config } from "./config";
import { CircuitBreaker } from "./gateways/circuit-breaker";
import { clientCredentials } from "./gateways/client-credentials";
import { EmbeddedRefundGateway } from "./gateways/refund/embedded";
import { HttpRefundGateway } from "./gateways/refund/coordinator";
import { NoRefundGateway } from "./gateways/refund/none";
import type { RefundGateway, Refunds } from "./gateways/refund/refund-gateway";
import { startEmbeddedPostgres } from "./postgres/embedded-postgres";
import { sequenceFault } from "./proof/posture";
import { connectionFault } from "./store/connection-fault";
import { DatabaseClock } from "./store/database-clock";
import { planFaults } from "./store/fault-point";
import { migrateUp } from "./store/migrate";

/** A PostgreSQL to use: the one of DATABASE_URL, or the embedded one. */
export interface Database {
  url: string;
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
  if (config.databaseUrl)
    return { url: config.databaseUrl, isEmbedded: false, stop: () => Promise.resolve() };
  return { ...(await startEmbeddedPostgres(config.dataDir, { join })), isEmbedded: true };
}

/** Does something with a database; where it cannot be used, throws a ConfigError that names the setting. */
export async function using<T>(database: Database, work: (url: string) => Promise<T>): Promise<T> {
  try {
    return await work(database.url);
  } catch (error) {
    throw database.isEmbedded
      ? error
      : new ConfigError(`DATABASE_URL: ${connectionFault(error)}`, { cause: error });
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
  const app: App = { config, db, log, clock: clock.now, refunds };
  if (config.faultPlanUrl) planFaults(config.faultPlanUrl);
  const stop = async () => {
    clock.stop();
    if (db.isInitialized) await db.destroy();
    await database.stop();
  };
  try {
    await using(database, (url) =>
      migrateUp(migrationOptions(url), async () => {
        await db.initialize();
        await clock.start();
        const fault = await sequenceFault(db.manager);
        if (fault) throw new Error(fault);
        await firstStart?.(app);
      }),
    );
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

function refundGateway({ refund, oauth }: Config, db: DataSource): RefundGateway {
  const { shop, deadlineMs, coordinatorUrl: baseUrl, isKeyed } = refund;
  if (shop === "embedded")
    return new EmbeddedRefundGateway((text, values) => db.query(text, [...values]), deadlineMs);
  if (shop === "none") return new NoRefundGateway();
  const authorization = oauth && clientCredentials({ ...oauth, deadlineMs });
  return new HttpRefundGateway({ baseUrl, isKeyed, authorization, deadlineMs });
}
