import type { Logger } from "pino";
import type { DataSource } from "typeorm";
import type { Config } from "./config";

/** What a request needs of the world. Built by `compose`, replaced piece by piece in tests. */
export interface App {
  config: Config;
  db: DataSource;
  log: Logger;
  /** The instant that decisions are taken at; one per request. */
  clock: () => Date;
}
