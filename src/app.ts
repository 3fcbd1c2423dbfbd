import type { Logger } from "pino";
import type { DataSource } from "typeorm";
import type { Rate } from "./auth/rate";
import type { Config } from "./config";
import type { Refunds } from "./gateways/refund/refund-gateway";
import type { WebhookSender } from "./gateways/webhook/webhook-sender";
import type { SupportAgents } from "./reads/accounts/support-agents";

/** Everything that a request needs besides its input. Built by `compose`; tests replace parts of it. */
export interface App {
  config: Config;
  db: DataSource;
  log: Logger;
  /** The shop that refunds orders. */
  refunds: Refunds;
  /** Counts the refund requests to the shop, by the actor who made them. */
  refundRate: Rate;
  /** The accounts that staff have made support agents. */
  supportAgents: SupportAgents;
  webhooks: WebhookSender;
  /** The instant that decisions are taken at, one per request: PostgreSQL's, which all servers share. */
  clock: () => Date;
}
