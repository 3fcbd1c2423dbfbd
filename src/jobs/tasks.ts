import type { App } from "../app";
import { expireDueEntitlements, type SweepPlace } from "../use-cases/entitlements/expire-due-entitlements";
import { sweepRefunds } from "../use-cases/refunds/sweep-refunds";

/** Work that the queue holds: one process at a time does it, slice by slice. */
export interface QueuedTask {
  name: string;
  /** It is due once in so many seconds, counted from 1970-01-01 UTC, or as soon as a process is there to do it. */
  onceInSeconds: number;
  /** Does a slice, stops soon when told, and returns where to go on, or null. It may come to be done again. */
  run: (app: App, turn: Turn) => Promise<unknown>;
}

/** Work that waits in a table of its own, which says who does what and until when: every process looks for it. */
export interface Sweep {
  name: string;
  everyMs: (app: App) => number;
  /** Does what is to be done now; any number of processes may do so at once. */
  run: (app: App) => Promise<unknown>;
}

/** What a queued task is given for one slice of its work. */
export interface Turn {
  /** Under which all that it changes belongs together: the same when it has to be done again. */
  requestId: string;
  /** Where the slice before stopped; null at the start. */
  from: unknown;
  /** True once the slice has taken its time, or this process is about to end. */
  shouldStop: () => boolean;
}

const HOUR = 3_600;

/** All background work. */
export const TASKS: readonly (QueuedTask | Sweep)[] = [
  { name: "expireDueEntitlements", onceInSeconds: HOUR, run: expireASlice },
  { name: "sweepRefunds", everyMs: ({ config }) => config.refund.deadlineMs / 5, run: sweepRefunds },
];

async function expireASlice(app: App, { requestId, from, shouldStop }: Turn): Promise<SweepPlace | null> {
  const sweep = { source: "JOB" as const, requestId, from: from as SweepPlace | null, shouldStop };
  const { due, expired, failed, next } = await expireDueEntitlements(app, sweep);
  app.log.info({ requestId, due, expired, failed: failed.length }, "expired what was due");
  for (const { id, reason } of failed)
    app.log.error({ requestId, entitlementId: id, reason }, "could not expire");
  return next;
}
