import { randomUUID } from "node:crypto";
import type { App } from "../../app";
import { Webhook } from "../../entities/webhooks/webhook";
import { sweep } from "../attempts/sweep";
import { systemCommand } from "../system-command";
import { dispatch, makeDue } from "./dispatch";
import { DELIVERIES } from "./webhook-outbox";

/** So many rounds follow each other at once while there is more to do. */
const ROUNDS_AT_MOST = 50;

/** Takes changes over from history and tells them to the receivers of webhooks. Returns how many it has tried to tell. */
export const sweepWebhooks = systemCommand("sweepWebhooks", async (sign, app: App): Promise<number> => {
  const change = sign("JOB", `sweep-${randomUUID()}`);
  let tried = 0;
  if (!(await app.db.manager.exists(Webhook))) return tried;
  for (let round = 0; round < ROUNDS_AT_MOST; round++) {
    const isMore = await dispatch(app, change);
    await makeDue(app, change);
    const taken = await sweep(app, DELIVERIES, change);
    tried += taken;
    if (!isMore && taken === 0) break;
  }
  return tried;
});
