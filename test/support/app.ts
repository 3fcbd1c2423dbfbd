import { pino } from "pino";
import type { DataSource } from "typeorm";
import type { App } from "../../src/app";
import { composeApp } from "../../src/compose";
import { loadConfig } from "../../src/config";

/** Tests give commands faster than users; the tests of the limit set their own. */
const NO_LIMIT = { REFUNDS_PER_HOUR: "10000" };

/** The product on a database, without HTTP and without logs, with the embedded shop. */
export function appOn(
  db: DataSource,
  settings: Record<string, string> = {},
  clock: App["clock"] = () => new Date(),
): App {
  const config = loadConfig({ ...NO_LIMIT, ...settings });
  return composeApp({ config, db, clock, log: pino({ level: "silent" }) });
}
