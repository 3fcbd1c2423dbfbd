import { randomUUID } from "node:crypto";
import type { App } from "../../app";
import { sweep } from "../attempts/sweep";
import { systemCommand } from "../system-command";
import { REFUNDS } from "./refund-outbox";

/**
 * Asks the shop again for refunds with an unknown outcome, or whose attempt has died. Returns how many it has taken
 * over.
 */
export const sweepRefunds = systemCommand("sweepRefunds", (sign, app: App) =>
  sweep(app, REFUNDS, sign("JOB", `sweep-${randomUUID()}`)),
);
