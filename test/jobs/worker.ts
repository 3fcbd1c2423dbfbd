import "reflect-metadata";
import { pino } from "pino";
import { DataSource } from "typeorm";
import { dataSourceOptions } from "../../ormconfig";
import { loadConfig } from "../../src/config";
import { startJobs, type Timing } from "../../src/jobs/start-jobs";
import { tasks } from "../../src/jobs/tasks";
import { appOn } from "../support/app";

/** A process that does background work only, with the timing in its argument, and logs to stderr. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = pino({}, pino.destination(2));
  const db = new DataSource(dataSourceOptions(config.databaseUrl));
  await db.initialize();
  await startJobs({ ...appOn(db), config, log }, tasks(), JSON.parse(process.argv[2]!) as Timing);
  log.info("working");
}

main().catch((error: unknown) => {
  process.stderr.write(String((error as Error).stack));
  process.exit(1);
});
