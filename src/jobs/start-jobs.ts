import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import PgBoss, { type Job } from "pg-boss";
import type { App } from "../app";
import { again } from "../store/again";
import { poolOf } from "../store/statement";
import { sweepUntil } from "./sweep";
import { tasks, type QueuedTask } from "./tasks";
import { workLog, type WorkLog } from "./work-log";

/** The timing of queued work in milliseconds. The queue counts in seconds: its three times are whole seconds. */
export interface Timing {
  /** The time after which a slice of a task stops. */
  sliceMs: number;
  /** The time after which the queue takes work away from a process, which has died or hangs. */
  expireMs: number;
  /** The interval at which one of the processes looks for such work. */
  maintenanceMs: number;
  /** The pause before work that failed or was taken away is tried again. */
  retryDelayMs: number;
  /** The interval at which an idle process looks for work. */
  pollMs: number;
}

/** Work of a killed process restarts within a minute: expireMs + 2 * maintenanceMs + retryDelayMs + pollMs at worst. */
export const TIMING: Readonly<Timing> = {
  sliceMs: 15_000,
  expireMs: 25_000,
  maintenanceMs: 10_000,
  retryDelayMs: 2_000,
  pollMs: 5_000,
};

const RETRIES = 20;
/** At least the longest interval of a task: the queue knows by the kept entries that a task has been done. */
const KEEP_DONE_SECONDS = 2 * 86_400;

/** The queue takes one order of this kind for each ten minutes: what is asked for after it is done in the next ones. */
const HURRIED = { singletonKey: "hurried", singletonSeconds: 600, singletonNextSlot: true };

/** Background work in progress. */
export interface Jobs {
  /** Has queued tasks done soon, from the beginning: each once for all who ask within ten minutes, and again for who asks later. */
  hurry(names: readonly string[]): Promise<void>;
  /** Ends the current slices early, leaves the rest to other processes, and waits for the work in progress. */
  stop(): Promise<void>;
}

/** Does background work, together with any number of other processes, until it is stopped. */
export async function startJobs(app: App, work = tasks(), timing: Readonly<Timing> = TIMING): Promise<Jobs> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => runSql(app, text, values) },
    schema: "jobs",
    schedule: false,
    maintenanceIntervalSeconds: timing.maintenanceMs / 1000,
    archiveCompletedAfterSeconds: KEEP_DONE_SECONDS,
  });
  const told = workLog(app);
  boss.on("error", (error) => told.failed(error, "maintenance of the job queue"));
  await boss.start();
  const queued = work.filter((task) => "onceInSeconds" in task);
  for (const { name } of queued) {
    const queue = {
      name,
      retryLimit: RETRIES,
      retryDelay: timing.retryDelayMs / 1000,
      expireInSeconds: timing.expireMs / 1000,
    };
    await again(() => boss.createQueue(name, queue)); // servers that start at once may meet here
    await again(() => boss.updateQueue(name, queue)); // an earlier version may have created it
  }
  const stopping = new AbortController();
  setMaxListeners(work.length + 1, stopping.signal); // each task waits for it
  const working = work.map((task) =>
    "onceInSeconds" in task
      ? workOn(app, boss, task, timing, stopping.signal, told)
      : sweepUntil(stopping.signal, app, task, told),
  );
  return {
    async hurry(names) {
      for (const name of names) await boss.send(name, {}, HURRIED);
    },
    async stop() {
      stopping.abort();
      await Promise.all(working);
      await boss.stop({ graceful: false });
    },
  };
}

/**
 * Looks for work and does it, one slice after the other. The workers of pg-boss do not wait until the outcome of a
 * task is stored: a connection lost at that moment would end the process.
 */
async function workOn(
  app: App,
  boss: PgBoss,
  task: QueuedTask,
  timing: Readonly<Timing>,
  stopping: AbortSignal,
  told: WorkLog,
): Promise<void> {
  while (!stopping.aborted)
    try {
      await boss.send(task.name, {}, { singletonSeconds: task.onceInSeconds }); // does nothing if it is queued or done
      const [job] = await boss.fetch<{ from?: unknown }>(task.name);
      await told.done();
      if (job) await runSlice(app, boss, task, job, timing, stopping);
      else await sleep(timing.pollMs, undefined, { signal: stopping }).catch(() => {});
    } catch (error) {
      told.failed(error, task.name);
      await sleep(timing.pollMs, undefined, { signal: stopping }).catch(() => {});
    }
}

async function runSlice(
  app: App,
  boss: PgBoss,
  task: QueuedTask,
  job: Job<{ from?: unknown }>,
  timing: Readonly<Timing>,
  stopping: AbortSignal,
): Promise<void> {
  const end = Date.now() + timing.sliceMs;
  const shouldStop = () => stopping.aborted || Date.now() >= end;
  try {
    const next = await task.run(app, { requestId: job.id, from: job.data?.from ?? null, shouldStop });
    if (next !== null) await boss.send(task.name, { from: next });
    await boss.complete(task.name, job.id);
  } catch (error) {
    await boss.fail(task.name, job.id, error as Error);
    throw error;
  }
}

/** A migration makes the schema. The role that serves may not make any, not even one that exists. */
const MAKES_SCHEMA = "CREATE SCHEMA IF NOT EXISTS jobs";

/** Runs a statement of pg-boss. If it fails, its connection may be left in a transaction and is closed. */
async function runSql(app: App, text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
  const client = await poolOf(app.db).connect();
  // A connection that is lost meanwhile fails the statement; without a listener it would also end the process.
  const ignore = () => undefined;
  client.on("error", ignore);
  let failed = true;
  try {
    const result = await client.query(text.replace(MAKES_SCHEMA, ""), values);
    failed = false;
    return result;
  } finally {
    client.removeListener("error", ignore);
    client.release(failed);
  }
}
