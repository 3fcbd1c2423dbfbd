import "reflect-metadata";
import { DataSource, type DataSourceOptions } from "typeorm";
import { entities } from "./src/entities";
import { tracked } from "./src/history/historical";
import { HistorySubscriber } from "./src/history/history-subscriber";
import { sessionSetup, type SessionLimits } from "./src/store/session";
import { Naming } from "./src/store/rows/naming";
import { migrations } from "./migrations";

/** The time limits of the server's statements; migrations have none. */
export const LIMITS: SessionLimits = {
  statement_timeout: "5s",
  lock_timeout: "2s",
  idle_in_transaction_session_timeout: "5s",
};
const WITHOUT_LIMITS: SessionLimits = {
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
};
/** How long the client waits for PostgreSQL to answer, in case the network has lost the connection. */
const SILENCE_AT_MOST_MS = 6_000;

/** How the server and the TypeORM command line reach PostgreSQL. */
export function dataSourceOptions(url: string | undefined, poolSize = 10): DataSourceOptions {
  return optionsFor(url, poolSize, LIMITS, SILENCE_AT_MOST_MS);
}

/** The options for long-running work, such as migrations, imports and reads of whole tables: without time limits. */
export function migrationOptions(url: string, poolSize = 1): DataSourceOptions {
  return optionsFor(url, poolSize, WITHOUT_LIMITS);
}

function optionsFor(
  url: string | undefined,
  poolSize: number,
  limits: SessionLimits,
  silenceAtMostMs = 0,
): DataSourceOptions {
  return {
    type: "postgres",
    url,
    entities: [...entities, ...tracked.values()],
    subscribers: [HistorySubscriber],
    namingStrategy: new Naming(),
    migrations,
    migrationsTransactionMode: "each",
    poolSize,
    uuidExtension: "pgcrypto", // gen_random_uuid(), which PostgreSQL has without any extension
    installExtensions: false,
    connectTimeoutMS: 3_000,
    extra: {
      application_name: "course-entitlements",
      query_timeout: silenceAtMostMs, // 0 waits without limit
      // A PostgreSQL whose machine has lost its power says nothing: who waits without limit notices by this.
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
      onConnect: sessionSetup(url, limits),
    },
  };
}

export default new DataSource(dataSourceOptions(process.env["DATABASE_URL"]));
