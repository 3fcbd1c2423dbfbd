import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../app";
import { workLog } from "./work-log";
import type { Sweep } from "./tasks";

/** Runs a sweep at its interval until it is stopped. The interval varies, so that processes do not run in step. */
export async function sweepUntil(
  stopping: AbortSignal,
  app: App,
  { name, everyMs, run }: Sweep,
  told = workLog(app),
): Promise<void> {
  const pause = () => everyMs(app) * (0.75 + 0.5 * Math.random());
  while (!stopping.aborted) {
    await sleep(pause(), undefined, { signal: stopping }).catch(() => {});
    if (stopping.aborted) return;
    await run(app).then(
      () => told.done(),
      (error: unknown) => told.failed(error, name),
    );
  }
}
