import type { ChildProcess } from "node:child_process";
import { executionsOf, formMeasured } from "../bench/executions";
import { cpuRatio, medianRound, type Round } from "../bench/report";
import { compareAnswers, runRound, startLoad } from "../bench/run";
import { serverSettings, startServer, type BenchServer } from "../bench/servers";
import { prepareWorkloads, type Workload } from "../bench/workloads";
import { prepareWorld } from "../bench/world";
import { createEmptyDatabase, type TestDatabase } from "./support/database";

let database: TestDatabase;
let postmasterPid: number;
let workloads: Workload[];
let server: BenchServer;
let floor: BenchServer;
let load: ChildProcess;
/** Stops everything that has been started, also when a later start failed, because jest would wait for it. */
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  database = await createEmptyDatabase();
  const world = await prepareWorld(database.url, 300);
  ({ postmasterPid } = world);
  const prepared = await prepareWorkloads(world.learnerIds);
  ({ workloads } = prepared);
  const env = serverSettings(database.url, prepared.jwkSet);
  ends.push(() => database.drop());
  server = await startServer("server", "src/main.js", env);
  ends.unshift(() => server.stop());
  floor = await startServer("floor", "bench/floor.js", env);
  ends.unshift(() => floor.stop());
  load = startLoad();
  ends.unshift(() => load.kill());
});

afterAll(async () => {
  for (const end of ends) await end();
});

test.each(["dashboard", "support"])(
  "the floor gives the server's answers to the %s, and both are measured",
  async (name) => {
    const workload = workloads.find((found) => found.name === name)!;
    const contest = { server, floor, load, postmasterPid, seconds: 0.3 };
    await compareAnswers(contest, workload);
    const before = await executionsOf(server.port);
    const round = await runRound(contest, workload, 1);
    expect(formMeasured(before, await executionsOf(server.port))).toMatch(/ 100\.0 % of them compiled$/);
    for (const measure of [round.server, round.floor]) {
      expect(measure.requestsPerSecond).toBeGreaterThan(10);
      expect(measure.p99).toBeGreaterThanOrEqual(measure.p50);
      if (process.platform === "linux") expect(measure.serverCpu + measure.postgresCpu).toBeGreaterThan(10);
    }
  },
);

test("a dashboard shows five entitlements, and a support page fifty at most", async () => {
  const [dashboard, support] = workloads;
  const edges = async ({ requests }: Workload) => {
    const { authorization, body } = requests[0]!;
    const response = await fetch(`http://127.0.0.1:${floor.port}/graphql`, {
      method: "POST",
      headers: { authorization },
      body,
    });
    return (await response.text()).split('"node":').length - 1;
  };
  expect(await edges(dashboard!)).toBe(5);
  expect(await edges(support!)).toBeLessThanOrEqual(50);
});

test("the measurement stops when the answers differ", async () => {
  const [dashboard] = workloads;
  const { authorization, body } = dashboard!.requests[0]!;
  const other = {
    ...dashboard!,
    requests: [{ authorization, body: body.replace("orderNumber", "orderNumber user { id }") }],
  };
  await expect(compareAnswers({ server, floor, load, postmasterPid, seconds: 1 }, other)).rejects.toThrow(
    "dashboard: the answers differ",
  );
});

test("ratios are medians, so that one disturbed round does not count", () => {
  const measure = (cpu: number) => ({
    requestsPerSecond: 1,
    p50: 1,
    p99: 1,
    serverCpu: cpu,
    postgresCpu: cpu,
  });
  const rounds: Round[] = [20, 30, 500].map((cpu) => ({ server: measure(cpu), floor: measure(10) }));
  expect(cpuRatio(rounds)).toBe(3);
  expect(medianRound(rounds).server.serverCpu).toBe(30);
});
