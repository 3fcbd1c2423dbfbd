import { pino } from "pino";
import type { DataSource } from "typeorm";
import type { App } from "../../src/app";
import { composeRefundRate, composeRefunds, composeWebhooks } from "../../src/compose";
import { loadConfig } from "../../src/config";
import { SupportAgents } from "../../src/reads/accounts/support-agents";

/** Tests give commands faster than users; the tests of the limit set their own. */
const NO_LIMIT = { REFUNDS_PER_HOUR: "10000" };

/** The product on a database, without HTTP and without logs, with the embedded shop. */
export function appOn(
  db: DataSource,
  settings: Record<string, string> = {},
  clock: App["clock"] = () => new Date(),
): App {
  const config = loadConfig({ ...NO_LIMIT, ...settings });
  return {
    config,
    db,
    log: pino({ level: "silent" }),
    clock,
    refunds: composeRefunds(config, db, clock),
    refundRate: composeRefundRate(config),
    supportAgents: new SupportAgents(db),
    webhooks: composeWebhooks(config),
  };
}
