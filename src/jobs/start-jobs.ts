import { setTimeout as sleep } from "node:timers/promises";
import PgBoss, { type Job } from "pg-boss";
import type { App } from "../app";
import { poolOf } from "../store/statement";
import { sweepUntil } from "./sweep";
import { TASKS, type QueuedTask } from "./tasks";

/** How long work may be held and how often it is looked for, in seconds. */
export interface Pace {
  /** A slice of a task stops after so long. */
  slice: number;
  /** Work that is held longer was left by a process that died, and is given to another. */
  held: number;
  /** How often one of the processes looks for such work. */
  rescue: number;
  /** Work that failed or was rescued is not begun again before. */
  pause: number;
  /** How often an idle process looks for work. */
  poll: number;
}

/** So work that was killed runs again within a minute: held, twice rescue at worst, pause and poll. */
export const PACE: Readonly<Pace> = { slice: 15, held: 25, rescue: 10, pause: 2, poll: 5 };

const RETRIES = 20;
/** At least as long as the longest period of a task, which is known to have been done by what is kept of it. */
const KEEP_DONE_SECONDS = 2 * 86_400;

/** Background work in progress. */
export interface Jobs {
  /** Ends the current slices early, leaving the rest to other processes, and waits for what is being done. */
  stop(): Promise<void>;
}

/** Does its share of all background work, with any number of other processes, until it is stopped. */
export async function startJobs(app: App, tasks = TASKS, pace: Readonly<Pace> = PACE): Promise<Jobs> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => runSql(app, text, values) },
    schema: "jobs",
    schedule: false,
    maintenanceIntervalSeconds: pace.rescue,
    archiveCompletedAfterSeconds: KEEP_DONE_SECONDS,
  });
  boss.on("error", (error) => app.log.warn({ err: error }, "background work could not be looked after"));
  await boss.start();
  const queued = tasks.filter((task) => "onceInSeconds" in task);
  for (const { name } of queued) {
    const queue = { name, retryLimit: RETRIES, retryDelay: pace.pause, expireInSeconds: pace.held };
    await boss.createQueue(name, queue);
    await boss.updateQueue(name, queue); // it may be there from an earlier version
  }
  const stopping = new AbortController();
  const working = tasks.map((task) =>
    "onceInSeconds" in task
      ? work(app, boss, task, pace, stopping.signal)
      : sweepUntil(stopping.signal, app, task),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(working);
      await boss.stop({ graceful: false });
    },
  };
}

/**
 * Looks for work and does it, one slice after the other. The engine's own workers do not wait for the outcome of a
 * task to be stored: a connection lost at that moment would end the process.
 */
async function work(
  app: App,
  boss: PgBoss,
  task: QueuedTask,
  pace: Readonly<Pace>,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted)
    try {
      await boss.send(task.name, {}, { singletonSeconds: task.onceInSeconds }); // unless it is queued or done
      const [job] = await boss.fetch<{ from?: unknown }>(task.name);
      if (job) await runSlice(app, boss, task, job, pace, stopping);
      else await sleep(pace.poll * 1000, undefined, { signal: stopping }).catch(() => {});
    } catch (error) {
      app.log.error({ err: error, task: task.name }, "background work failed");
      await sleep(pace.poll * 1000, undefined, { signal: stopping }).catch(() => {});
    }
}

async function runSlice(
  app: App,
  boss: PgBoss,
  task: QueuedTask,
  job: Job<{ from?: unknown }>,
  pace: Readonly<Pace>,
  stopping: AbortSignal,
): Promise<void> {
  const end = Date.now() + pace.slice * 1000;
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

/** One that failed may have left its connection in a transaction, so that nobody else should get it. */
async function runSql(app: App, text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
  const client = await poolOf(app.db).connect();
  // A connection that is lost meanwhile fails the statement; unheard, it would end the process besides.
  const ignore = () => undefined;
  client.on("error", ignore);
  let failed = true;
  try {
    const result = await client.query(text, values);
    failed = false;
    return result;
  } finally {
    client.removeListener("error", ignore);
    client.release(failed);
  }
}
