import { pino } from "pino";
import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../ormconfig";
import type { App } from "./app";
import { withDatabase } from "./compose/command-database";
import { migrate, openDatabase, refuseReadOnly } from "./compose/database";
import { composeOpenEdx, composeRefundRate, composeRefunds, composeWebhooks } from "./compose/gateways";
import { keepersOf } from "./compose/keepers";
import { composeSealer } from "./compose/sealer";
import type { Config } from "./config";
import { Committer } from "./history/committer";
import { PageRefresher } from "./jobs/page-refresher";
import { HandOut } from "./proof/witness/hand-out";
import { SupportAgents } from "./reads/accounts/support-agents";
import { DatabaseClock } from "./store/database-clock";
import type { OnWait } from "./store/schema/migrate";
import { planFaults } from "./store/fault-point";
import { makeCalls } from "./use-cases/enrollment-calls/make-calls";
import { reconcileEnrollment } from "./use-cases/lms/reconciling/reconcile-enrollment";

/** Everything that answers requests, but for the network. */
export interface Composed {
  app: App;
  /** One line that the operator should read, if any. */
  notice: string | undefined;
  /** Closes the connections, and stops the embedded PostgreSQL. */
  stop(): Promise<void>;
}

/** The App on a database, with nothing started yet. */
export function composeApp({ config, db, clock, log }: Pick<App, "config" | "db" | "clock" | "log">) {
  return {
    config,
    db,
    log,
    clock,
    openEdx: composeOpenEdx(config, db, clock),
    refunds: composeRefunds(config, db, clock),
    refundRate: composeRefundRate(config),
    supportAgents: new SupportAgents(db),
    webhooks: composeWebhooks(config),
    callLms: makeCalls,
    reconcile: reconcileEnrollment,
    pages: new PageRefresher(),
    sealer: composeSealer(config, db),
    handOut: new HandOut(db, keepersOf(config.history.witnesses)),
    committer: new Committer(db, (settled, of) => log.info({ settled, of }, "settling a backlog of history")),
  } satisfies App;
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
  const app = composeApp({ config, db, clock: clock.now, log });
  if (config.faultPlanUrl) planFaults(config.faultPlanUrl);
  const stop = async () => {
    clock.stop();
    app.supportAgents.stop();
    await app.pages.stop();
    if (db.isInitialized) await db.destroy();
    await database.stop();
  };
  try {
    const start = async () => {
      await db.initialize();
      await refuseReadOnly(db.manager);
      await clock.start();
      await app.supportAgents.start();
      await firstStart?.(app);
    };
    const onWait: OnWait = (holder) =>
      log.info({ holder }, "waiting for another server that starts or migrates");
    await migrate(database, start, onWait);
  } catch (error) {
    await stop();
    throw error;
  }
  return { app, notice: database.notice, stop };
}

/** Does the work of a command with everything that a request has, but for its time limits. Warnings are logged to stderr. */
export function withApp<T>(config: Config, work: (app: App) => Promise<T>): Promise<T> {
  return withDatabase(
    config,
    (url) => migrationOptions(url, 2),
    async (db) => {
      const clock = new DatabaseClock(db);
      try {
        await clock.start();
        const log = pino({ level: "warn" }, pino.destination(2));
        return await work(composeApp({ config, db, clock: clock.now, log }));
      } finally {
        clock.stop();
      }
    },
  );
}
