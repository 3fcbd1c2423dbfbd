import type { Logger } from "pino";
import type { DataSource } from "typeorm";
import type { Rate } from "./auth/rate";
import type { Config } from "./config";
import type { Refunds } from "./gateways/refund/refund-gateway";
import type { SupportAgents } from "./reads/accounts/support-agents";

/** What a request needs of the world. Built by `compose`, replaced piece by piece in tests. */
export interface App {
  config: Config;
  db: DataSource;
  log: Logger;
  /** The shop that pays orders back. */
  refunds: Refunds;
  /** Counts the refunds that the shop is asked for, by who wanted them. */
  refundRate: Rate;
  /** The accounts that staff have made support agents. */
  supportAgents: SupportAgents;
  /** The instant that decisions are taken at, one per request: PostgreSQL's, which all servers share. */
  clock: () => Date;
}
