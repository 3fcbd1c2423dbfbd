import type { App } from "../app";
import { handOutCheckpoints, settleHistory } from "./settle-history";
import { expireDueEntitlements, type SweepPlace } from "../use-cases/entitlements/expire-due-entitlements";
import { sweepEnrollmentCalls } from "../use-cases/enrollment-calls/sweep-enrollment-calls";
import { forgetEvents } from "../use-cases/lms/following/forget-events";
import { lookAgain } from "../use-cases/lms/following/look-again";
import { followLms, type FollowPlace } from "../use-cases/lms/reconciling/follow-lms";
import { reconcileEnrollment } from "../use-cases/lms/reconciling/reconcile-enrollment";
import type { QuietPlace, Sweeping } from "../use-cases/lms/quiet-steps";
import { refreshAccounts } from "../use-cases/lms/refresh-accounts";
import { refreshRuns } from "../use-cases/lms/refresh-runs";
import { sweepWebhooks } from "../use-cases/webhooks/sweep-webhooks";
import { sweepRefunds } from "../use-cases/refunds/sweep-refunds";

/** A task of the queue: one process at a time does it, one slice after the other. */
export interface QueuedTask {
  name: string;
  /** The interval in seconds, counted from 1970-01-01 UTC. The task is due once in each interval. */
  onceInSeconds: number;
  /** Does one slice, and returns where the next slice begins, or null at the end. A slice may be done twice. */
  run: (app: App, turn: Turn) => Promise<unknown>;
}

/** Work that waits in a table of its own, which records who does what and until when. Every process looks for it. */
export interface Sweep {
  name: string;
  everyMs: (app: App) => number;
  /** Does the work that is due now; any number of processes may do so at the same time. */
  run: (app: App) => Promise<unknown>;
}

/** The arguments of one slice of a queued task. */
export interface Turn {
  /** The request id of all changes of the slice; the same when the slice is repeated. */
  requestId: string;
  /** The place where the preceding slice stopped; null for the first slice. */
  from: unknown;
  /** Whether the time of the slice is over or this process is about to end. */
  shouldStop: () => boolean;
}

const HOUR = 3_600;
/** A checkpoint that was not kept outside protects nothing yet; those who keep them are not asked more often than this. */
const HAND_OUT_EVERY_MS = 2_000;

/** The tasks that compare everything with the LMS and its catalog. */
export const COMPARISONS: readonly string[] = ["followLms", "refreshAccounts", "refreshRuns"];

/** All background work of the server. It leaves the entitlements in `spares` as they are, although they are due. */
export function tasks(spares: ReadonlySet<string> = new Set()): readonly (QueuedTask | Sweep)[] {
  return [
    {
      name: "expireDueEntitlements",
      onceInSeconds: HOUR,
      run: (app, turn) => expireASlice(app, turn, spares),
    },
    { name: "followLms", onceInSeconds: HOUR, run: followASlice },
    { name: "refreshRuns", onceInSeconds: 6 * HOUR, run: (app, turn) => refreshRuns(app, quietly(turn)) },
    {
      name: "refreshAccounts",
      onceInSeconds: 24 * HOUR,
      run: (app, turn) => refreshAccounts(app, quietly(turn)),
    },
    {
      name: "forgetEvents",
      onceInSeconds: 24 * HOUR,
      run: async (app, { shouldStop }) => ((await forgetEvents(app, shouldStop)) ? {} : null),
    },
    { name: "settleHistory", everyMs: () => 500, run: settleHistory },
    { name: "handOutCheckpoints", everyMs: () => HAND_OUT_EVERY_MS, run: handOutCheckpoints },
    { name: "lookAgain", everyMs: () => 1_000, run: lookAgain },
    { name: "sweepEnrollmentCalls", everyMs: () => 1_000, run: sweepEnrollmentCalls },
    { name: "sweepWebhooks", everyMs: ({ config }) => config.webhooks.deadlineMs / 5, run: sweepWebhooks },
    { name: "sweepRefunds", everyMs: ({ config }) => config.refund.deadlineMs / 5, run: sweepRefunds },
  ];
}

function quietly({ from, shouldStop }: Turn): Sweeping {
  return { from: from as QuietPlace | null, shouldStop };
}

async function expireASlice(
  app: App,
  { requestId, from, shouldStop }: Turn,
  spares: ReadonlySet<string>,
): Promise<SweepPlace | null> {
  const sweep = { source: "JOB" as const, requestId, from: from as SweepPlace | null, shouldStop, spares };
  const { due, expired, failed, next } = await expireDueEntitlements(app, sweep);
  app.log.info({ requestId, due, expired, failed: failed.length }, "due entitlements expired");
  for (const { id, reason } of failed)
    app.log.error({ requestId, entitlementId: id, reason }, "an entitlement could not be expired");
  return next;
}

async function followASlice(app: App, { requestId, from, shouldStop }: Turn): Promise<FollowPlace | null> {
  return followLms(app, {
    from: (from as FollowPlace | null) ?? "UNEXPIRED",
    shouldStop,
    async reconcile(pair) {
      const { kind } = await reconcileEnrollment(app, pair, { source: "JOB", requestId });
      app.log.info({ requestId, ...pair, kind }, "an enrollment that differed from the LMS was reconciled");
    },
    onFailure: (pair, { word }) =>
      app.log.warn({ requestId, ...pair, cause: word }, "an enrollment could not be read from the LMS"),
  });
}
