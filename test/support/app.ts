import { pino } from "pino";
import type { DataSource } from "typeorm";
import type { App } from "../../src/app";
import { composeRefunds } from "../../src/compose";
import { loadConfig } from "../../src/config";

/** The product on a database, without HTTP around it and silent, with the embedded shop. */
export function appOn(
  db: DataSource,
  settings: Record<string, string> = {},
  clock: App["clock"] = () => new Date(),
): App {
  const config = loadConfig(settings);
  return { config, db, log: pino({ level: "silent" }), clock, refunds: composeRefunds(config, db, clock) };
}
