import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { cpuTimes } from "./cpu";
import { post, type LoadOrder, type LoadResult } from "./load";
import type { Measure, Round } from "./report";
import type { BenchServer } from "./servers";
import type { Workload } from "./workloads";

/** So many requests of a workload are compared before any is timed. */
const COMPARED = 40;
const CONNECTIONS = 16;

/** What is measured, and against which PostgreSQL. */
export interface Contest {
  server: BenchServer;
  floor: BenchServer;
  load: ChildProcess;
  postmasterPid: number;
  seconds: number;
}

/** The load generator, which waits for orders. */
export function startLoad(): ChildProcess {
  return fork(join(__dirname, "load.js"));
}

/** Fails unless both servers give the same answers; what the passing of a day changes gets a second look. */
export async function compareAnswers(
  { server, floor }: Contest,
  { name, requests }: Workload,
): Promise<void> {
  for (const request of requests.slice(0, COMPARED)) {
    const ask = async ({ port }: BenchServer) => JSON.parse(await post(port, request)) as unknown;
    const areEqual = async () => isDeepStrictEqual(await ask(server), await ask(floor));
    if ((await areEqual()) || (await areEqual())) continue;
    const [ours, least] = [await post(server.port, request), await post(floor.port, request)];
    throw new Error(`${name}: the answers differ\nserver: ${ours}\nfloor:  ${least}`);
  }
}

/** One round; the two take turns in going first, so that neither profits from what the machine does meanwhile. */
export async function runRound(contest: Contest, workload: Workload, number: number): Promise<Round> {
  const order = number % 2 === 0 ? (["server", "floor"] as const) : (["floor", "server"] as const);
  const round: Partial<Round> = {};
  for (const name of order) round[name] = await measure(contest, contest[name], workload);
  return round as Round;
}

async function measure(contest: Contest, { pid, port }: BenchServer, workload: Workload): Promise<Measure> {
  const { load, postmasterPid, seconds } = contest;
  const before = cpuTimes(pid, postmasterPid);
  const result = await order(load, { port, seconds, connections: CONNECTIONS, requests: workload.requests });
  const after = cpuTimes(pid, postmasterPid);
  if (result.fault) throw new Error(`${workload.name}: ${result.fault}`);
  return {
    requestsPerSecond: result.count / result.seconds,
    p50: result.p50,
    p99: result.p99,
    serverCpu: (after.server - before.server) / result.count,
    postgresCpu: (after.postgres - before.postgres) / result.count,
  };
}

/** Has the load generator do something, and resolves with what it saw. */
export async function order(load: ChildProcess, what: LoadOrder): Promise<LoadResult> {
  load.send(what);
  const [result] = (await once(load, "message")) as [LoadResult];
  return result;
}
