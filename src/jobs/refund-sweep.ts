import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../app";
import { sweepRefunds } from "../use-cases/sweep-refunds";

/** In deadlines of the shop: each second, for one of 5 s. */
const EVERY = 0.2;

/** Sweeps refunds, about each second, until stopped; stopping waits for the attempts that are being made. */
export function startRefundSweep(app: App): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const everyMs = EVERY * app.config.refund.deadlineMs;
  const loop = async () => {
    while (!signal.aborted) {
      await sleep(everyMs * (0.75 + 0.5 * Math.random()), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted)
        await sweepRefunds(app).catch((error: unknown) => {
          app.log.error({ err: error }, "refunds could not be swept");
        });
    }
  };
  const ended = loop();
  return {
    stop() {
      stopping.abort();
      return ended;
    },
  };
}
