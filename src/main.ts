// First of all: while the others are loaded, it knows already who has started this program.
import { runProgram, stopSignal } from "./cli/program";
import { hostname } from "node:os";
import { DataSource } from "typeorm";
import { migrationOptions } from "../ormconfig";
import type { App } from "./app";
import { outsideFindings } from "./cli/checks/outside";
import { welcome } from "./cli/welcome";
import { compose } from "./compose";
import { checkFiles } from "./compose/files";
import { sealingGap } from "./compose/sealer";
import { ConfigError, loadConfig, type Config } from "./config";
import { fillDemoWorld, SHOWN_DUE } from "./demo/world";
import { UserAccount } from "./entities/accounts/user-account";
import type { Graph } from "./engine/apollo";
import { permissionsOf } from "./graphql/permissions";
import { buildGraphQLSchema } from "./graphql/schema";
import { mayTellPast } from "./history/told";
import { spreadLastNet } from "./log";
import { startServer } from "./http/server";
import { followStreams, type FollowedStreams } from "./following/follow-streams";
import { startJobs, type Jobs } from "./jobs/start-jobs";
import { COMPARISONS, tasks } from "./jobs/tasks";
import { restApi } from "./rest/rest";
import { isExposed, pathTo } from "./store/connection/encryption";

async function main(): Promise<void> {
  const signal = stopSignal();
  const config = loadConfig(process.env);
  const graph = ownGraph();
  checkFiles(config, graph.schema);
  const composed = await compose(config, config.isProduction ? undefined : fillDemoWorldIfEmpty);
  spreadLastNet(composed.app.log);
  if (!config.refund.isHandled)
    composed.app.log.warn(
      "refunds are disabled because REFUND_SHOP is none; unenrollAndRefund refunds no order",
    );
  const gap = sealingGap(config);
  if (gap !== null) composed.app.log.warn(gap);
  try {
    if (config.isProduction && isExposed(await pathTo(composed.app.db)))
      composed.app.log.warn("the connection to PostgreSQL is not encrypted: add sslmode to DATABASE_URL");
    const server = await startServer(composed.app, graph, restApi).catch((error: unknown) => {
      throw listenFault(config, error);
    });
    const jobs = config.jobs
      ? await startJobs(composed.app, tasks(config.isProduction ? undefined : SHOWN_DUE))
      : undefined;
    if (config.isProduction) composed.app.log.info({ url: server.url }, "listening");
    else await greet(config, server.url, composed.notice);
    const following = jobs && follow(composed.app, jobs);
    void warnOfFaults(composed.app);
    await signal;
    await server.stop();
    await following?.stop();
    await jobs?.stop();
  } finally {
    await composed.stop();
  }
}

/** Reads the event bus of the LMS where there is one, as a part of the background work. */
function follow(app: App, jobs: Jobs): FollowedStreams | undefined {
  const { events, port } = app.config;
  // Processes on one host listen on different ports, and keep them when they are started again.
  const at = events.redis && { ...events.redis, consumer: `${hostname()}:${port}` };
  return at && followStreams(app, at, () => jobs.hurry(COMPARISONS));
}

/** The product's own schema, and who may ask for what of it. */
function ownGraph(): Graph {
  const schema = buildGraphQLSchema();
  return { schema, permissions: permissionsOf(schema) };
}

/** Logs what cannot work as it is configured, while the server already answers. */
async function warnOfFaults({ config, log }: App): Promise<void> {
  for await (const { what, verdict, found } of outsideFindings(config))
    if (verdict === "wrong") log.warn({ what, found }, "npm run config:check finds something wrong");
}

/** As the owner of the tables, who alone may tell a past; a server that is not given the owner goes on without. */
async function fillDemoWorldIfEmpty(app: App): Promise<void> {
  if (await app.db.manager.exists(UserAccount)) return;
  const { databaseUrl, migrationDatabaseUrl } = app.config;
  const url = migrationDatabaseUrl ?? databaseUrl;
  const owner = url === databaseUrl ? app.db : await new DataSource(migrationOptions(url!)).initialize();
  try {
    if (await mayTellPast(owner.manager)) await fillDemoWorld({ ...app, db: owner });
    else
      app.log.warn(
        "there is no demo world, because only the owner of the tables may tell its past: start once with MIGRATION_DATABASE_URL",
      );
  } finally {
    if (owner !== app.db) await owner.destroy();
  }
}

/** Prints the greeting on stderr, because stdout is for the log. */
async function greet(config: Config, url: string, notice = ""): Promise<void> {
  process.stderr.write(`${await welcome(config, url)}${notice && `  ${notice}\n\n`}`);
}

function listenFault({ host, port }: Config, error: unknown): unknown {
  const { code = "" } = error as { code?: string };
  const faults: Record<string, string> = {
    EADDRINUSE: `PORT: ${port} is in use: stop the program that listens on it, or choose another port`,
    EACCES: `PORT: ${port} is reserved for privileged users: choose a port from 1024 up`,
    EADDRNOTAVAIL: `HOST: ${host} is not an address of this machine`,
    ENOTFOUND: `HOST: ${host} is not an address of this machine`,
  };
  return faults[code] ? new ConfigError(faults[code], { cause: error }) : error;
}

runProgram(async () => {
  await main();
  process.exit(0);
});
