import { setTimeout as sleep } from "node:timers/promises";
import type { DataSource } from "typeorm";
import type { App } from "../../src/app";
import { startJobs, TIMING, type Jobs, type Timing } from "../../src/jobs/start-jobs";
import { COMPARISONS, tasks, type QueuedTask } from "../../src/jobs/tasks";
import { aStanding } from "../rules/standings";
import { appOn } from "../support/app";
import { openTestDatabase } from "../support/database";
import { run, said, type Program } from "../support/server-process";
import { insertStandings } from "../support/standings";

/** As fast as the queue allows, with slices that are short enough for a slow machine. */
const QUICK: Timing = {
  sliceMs: 60_000,
  expireMs: 2_000,
  maintenanceMs: 1_000,
  retryDelayMs: 0,
  pollMs: 100,
};
const PATIENT: Timing = { ...QUICK, expireMs: 60_000 };
const DUE = 4_000;

let db: DataSource;
let url: string;
let close: () => Promise<void>;
let app: App;
let processes: Program[];
let jobs: Jobs[];
beforeEach(async () => {
  ({ db, url, close } = await openTestDatabase());
  app = appOn(db);
  processes = [];
  jobs = [];
});
afterEach(async () => {
  for (const { child } of processes) child.kill("SIGKILL");
  await Promise.all(processes.map(({ exited }) => exited));
  await Promise.all(jobs.map((each) => each.stop()));
  await close();
});

describe("in processes of their own", () => {
  test("another process continues the work of a killed process, and each effect happens once", async () => {
    await storeDue();
    const first = await startWorker();
    await until(async () => (await countExpired()) > 0);
    first.child.kill("SIGKILL");
    await first.exited;
    expect(await countExpired()).toBeLessThan(DUE);
    const second = await startWorker();
    await until(async () => (await countExpired()) === DUE);
    await said(second, /due entitlements expired/);
    expect(await historyPerRequest()).toEqual([{ entries: DUE, entitlements: DUE }]);
  });

  test("three processes that start at the same time do the due work once", async () => {
    await storeDue();
    await Promise.all([startWorker(PATIENT), startWorker(PATIENT), startWorker(PATIENT)]);
    await until(async () => (await countExpired()) === DUE);
    await sleep(500);
    const reports = processes.flatMap((each) => each.stderr().match(/due entitlements expired/g) ?? []);
    expect(reports).toHaveLength(1);
    expect(await historyPerRequest()).toEqual([{ entries: DUE, entitlements: DUE }]);
  });

  test("a process that loses all its connections continues as soon as it can", async () => {
    await storeDue();
    const worker = await startWorker();
    await until(async () => (await countExpired()) > 0);
    await db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await until(async () => (await countExpired()) === DUE);
    expect(worker.child.exitCode).toBeNull();
  });
});

describe("a task", () => {
  test("that fails is repeated from the same place under the same request id", async () => {
    const turns: unknown[] = [];
    await start("fails", async (_, { requestId, from }) => {
      turns.push({ requestId, from });
      if (turns.length < 3) throw new Error("not now");
      return null;
    });
    await until(() => turns.length === 3);
    expect(new Set(turns.map((turn) => JSON.stringify(turn))).size).toBe(1);
  });

  test("is done once in its interval, however often processes start", async () => {
    let turns = 0;
    const count = async () => (turns++, null);
    await start("counts", count);
    await until(() => turns === 1);
    await (await start("counts", count)).stop();
    await start("counts", count);
    await sleep(500);
    expect(turns).toBe(1);
  });

  test("that was done can be done again soon when it is asked for, once in each 10 minutes for all who ask", async () => {
    const places: unknown[] = [];
    const count: QueuedTask["run"] = async (_, { from }) => (places.push(from), null);
    const [one, two] = [await start("hurries", count), await start("hurries", count)];
    await until(() => places.length === 1);
    await Promise.all([one.hurry(["hurries"]), two.hurry(["hurries"]), one.hurry(["hurries"])]);
    await until(() => places.length === 2);
    await sleep(300);
    expect(places).toEqual([null, null]);
    // What was asked for after the first order, which may have been past its cause, waits for the next ten minutes.
    const waiting = await db.query<{ inSeconds: number }[]>(
      `select extract(epoch from start_after - now())::int as "inSeconds" from jobs.job
       where name = 'hurries' and state = 'created'`,
    );
    expect(waiting).toHaveLength(1);
    expect(waiting[0]!.inSeconds).toBeLessThanOrEqual(600);
  });

  test("that exceeds its slice continues where it stopped, in any process", async () => {
    const places: unknown[] = [];
    const walk: QueuedTask["run"] = async (_, { from }) => {
      places.push(from);
      return places.length < 4 ? { step: places.length } : null;
    };
    await start("walks", walk);
    await start("walks", walk);
    await until(() => places.length === 4);
    expect(places).toEqual([null, { step: 1 }, { step: 2 }, { step: 3 }]);
  });

  test("stops together with its process, and its remaining work is not lost", async () => {
    const places: unknown[] = [];
    const runs: QueuedTask["run"] = async (_, { from, shouldStop }) => {
      places.push(from);
      if (from !== null) return null;
      while (!shouldStop()) await sleep(10);
      return { left: "half" };
    };
    const one = await start("stops", runs, PATIENT);
    await until(() => places.length === 1);
    await one.stop();
    await start("stops", runs);
    await until(() => places.length === 2);
    expect(places[1]).toEqual({ left: "half" });
  });
});

test("a failed sweep is repeated at its interval in every process, and stopping waits for a running one", async () => {
  const sweeps = [0, 0];
  let isRunning = false;
  const sweep = (i: number) => ({
    name: "sweeps",
    everyMs: () => 5,
    run: async () => {
      isRunning = true;
      await sleep(5);
      isRunning = false;
      if (sweeps[i]!++ === 0) throw new Error("once");
    },
  });
  for (const i of [0, 1]) jobs.push(await startJobs(app, [sweep(i)], PATIENT));
  await until(() => sweeps.every((count) => count > 3));
  await Promise.all(jobs.map((each) => each.stop()));
  expect(isRunning).toBe(false);
});

test("in production, the work of a killed process restarts within a minute, and a slice ends before it counts as killed", () => {
  const { sliceMs, expireMs, maintenanceMs, retryDelayMs, pollMs } = TIMING;
  // The queue looks for the work of dead processes once in `maintenanceMs` or, at worst, in twice that time.
  expect(expireMs + 2 * maintenanceMs + retryDelayMs + pollMs).toBeLessThan(60_000);
  expect(sliceMs + 5_000).toBeLessThan(expireMs);
});

test("the migrations ignore the tables of the job queue", async () => {
  await start("any", () => Promise.resolve(null));
  expect((await db.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
});

test("every task has a name of its own, and the comparisons are tasks of the queue", () => {
  const names = tasks().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const queued = tasks().filter((task) => "onceInSeconds" in task);
  expect(queued.map(({ name }) => name)).toEqual(expect.arrayContaining(COMPARISONS));
});

async function start(name: string, work: QueuedTask["run"], timing = PATIENT): Promise<Jobs> {
  const started = await startJobs(app, [{ name, onceInSeconds: 86_400, run: work }], timing);
  jobs.push(started);
  return started;
}

async function startWorker(timing = QUICK): Promise<Program> {
  const worker = run("dist/test/jobs/worker.js", { DATABASE_URL: url }, [JSON.stringify(timing)]);
  processes.push(worker);
  await said(worker, /working/);
  return worker;
}

/** Entitlements that are long overdue to expire, in a slow database. */
async function storeDue(): Promise<void> {
  const standing = aStanding({ createdAt: new Date("2000-01-01T00:00:00Z") });
  await db.transaction((tx) =>
    insertStandings(
      tx,
      Array.from({ length: DUE }, () => ({ standing, periods: null })),
    ),
  );
  await db.query(`
    create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.3); return null; end $$;
    create trigger dawdle after update on course_entitlement for each statement execute function dawdle()`);
}

async function countExpired(): Promise<number> {
  const [row] = await db.query<{ count: number }[]>(
    "select count(*)::int from course_entitlement where expired_at is not null",
  );
  return row!.count;
}

function historyPerRequest(): Promise<unknown[]> {
  return db.query(
    `select count(*)::int as entries, count(distinct id)::int as entitlements from historical_course_entitlement
     where history_type = '~' and history_source = 'JOB' group by history_request_id`,
  );
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await holds()); await sleep(10))
    if (Date.now() > deadline) throw new Error("it did not come to that within 20 s");
}
