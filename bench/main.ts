import { parseArgs } from "node:util";
import { runProgram } from "../src/cli/program";
import { ConfigError } from "../src/config";
import { startEmbeddedPostgres } from "../src/postgres/embedded-postgres";
import { executionsOf, formMeasured } from "./executions";
import { measureExpiry } from "./expire";
import { measureHistory } from "./history";
import { measureHostile } from "./hostile";
import { measureImport } from "./import";
import { measureLag } from "./lag";
import { measurePast } from "./past";
import { measureProof } from "./proof";
import { circumstances, cpuRatio, heading, medianRound, roundLines, type Round } from "./report";
import { compareAnswers, runRound, startLoad, type Contest } from "./run";
import { measureSealing } from "./sealing";
import { measureSlowLms } from "./slow-lms";
import { serverSettings, startServer } from "./servers";
import { prepareWorld } from "./world";
import { measureTracking } from "./tracking";
import { measureWorst } from "./worst";
import { prepareWorkloads, type Workload } from "./workloads";

const HELP = `Measures the server against the floor: a hand-written handler that gives the same answers to the same
requests with one prepared statement each, from the same big demo world.

  npm run bench -- [--rounds 5] [--seconds 4] [--learners 100000] [--rows 100000] [--workload dashboard]...

  --rounds    rounds that count, after one that warms up; each measures both, one after the other
  --seconds   how long each of the two is measured in a round
  --learners  size of the world, which is made at the first run and kept in .data/bench-<learners>
  --rows      how many entitlements the sweep expires, next to one plain statement that does the same, or are imported or proven
  --workload  dashboard, support, expire, history, hostile, worst or lms, which are all measured unless one is given; or
              tracking, the part of history that is about enrollments; proof, with as many entries as --rows; sealing,
              commands on servers that seal and do not; lag, from a change to its checkpoint; past, a list as of an
              instant among as many entries as --rows; or import, which needs a MariaDB at 127.0.0.1 whose user root has
              no password

Processor time is read from /proc, so only Linux shows it. BENCH_PROFILE=server (or floor) writes a CPU profile.
`;

/** What the processor time of the product may be, as a multiple of the floor's. */
const CPU_RATIO_AT_MOST = 3;

async function main(): Promise<void> {
  const options = readOptions();
  const postgres = await startEmbeddedPostgres(`.data/bench-${options.learners}`, {
    settings: { autovacuum: "off" },
  });
  try {
    const { workloads = ["dashboard", "support", "expire", "history", "hostile", "worst", "lms"] } = options;
    if (["dashboard", "support", "hostile", "worst", "lms"].some((name) => workloads.includes(name)))
      await measureAll(postgres.url, options);
    if (workloads.includes("expire")) await measureExpiry(postgres.url, options.rows);
    if (workloads.includes("history")) await measureHistory(postgres.url);
    if (workloads.some((name) => ["history", "tracking"].includes(name))) await measureTracking(postgres.url);
    if (workloads.includes("proof")) await measureProof(postgres.url, options.rows);
    if (workloads.includes("sealing")) await measureSealing(postgres.url, options.rounds, options.seconds);
    if (workloads.includes("lag")) await measureLag(postgres.url);
    if (workloads.includes("past")) await measurePast(postgres.url, options.rows);
    if (workloads.includes("import")) await measureImport(postgres.url, options.rows);
  } finally {
    await postgres.stop();
  }
}

type Options = ReturnType<typeof readOptions>;

function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "4" },
      learners: { type: "string", default: "100000" },
      rows: { type: "string", default: "100000" },
      workload: { type: "string", multiple: true },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit();
  }
  const whole = (name: "rounds" | "seconds" | "learners" | "rows", max: number) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 1 && value <= max) return value;
    throw new ConfigError(`--${name}: must be a whole number from 1 to ${max}`);
  };
  return {
    rounds: whole("rounds", 1_000),
    seconds: whole("seconds", 3_600),
    learners: whole("learners", 1_000_000),
    rows: whole("rows", 100_000_000),
    workloads: values.workload,
  };
}

async function measureAll(url: string, options: Options): Promise<void> {
  const { version, postmasterPid, learnerIds } = await prepareWorld(url, options.learners);
  const { workloads, jwkSet, authorize } = await prepareWorkloads(learnerIds);
  const wanted = workloads.filter(({ name }) => options.workloads?.includes(name) ?? true);
  const env = serverSettings(url, jwkSet);
  process.stdout.write(`${circumstances(version)}, ${options.learners} learners\n`);
  const server = await startServer("server", "src/main.js", env);
  const floor = await startServer("floor", "bench/floor.js", env);
  const load = startLoad();
  try {
    for (const workload of wanted)
      await measureWorkload(
        { server, floor, load, postmasterPid, seconds: options.seconds },
        workload,
        options,
      );
    if (options.workloads?.includes("hostile") ?? true)
      await measureHostile(server, workloads[0]!.requests, options.seconds);
    if (options.workloads?.includes("worst") ?? true) await measureWorst(server, authorize);
    if (options.workloads?.includes("lms") ?? true)
      await measureSlowLms(server, env, workloads[0]!.requests, options.seconds);
  } finally {
    load.kill();
    await Promise.all([server.stop(), floor.stop()]);
  }
}

async function measureWorkload(contest: Contest, workload: Workload, { rounds }: Options): Promise<void> {
  await compareAnswers(contest, workload);
  process.stdout.write(`${heading(workload.name, workload.title)}\n`);
  await runRound(contest, workload, 0); // warms up
  const counted: Round[] = [];
  const before = await executionsOf(contest.server.port);
  for (let number = 1; number <= rounds; number++) {
    counted.push(await runRound(contest, workload, number));
    process.stdout.write(`${roundLines(`round ${number}`, counted.at(-1)!)}\n`);
  }
  process.stdout.write(`${roundLines("median", medianRound(counted))}\n`);
  const form = formMeasured(before, await executionsOf(contest.server.port));
  const ratio = cpuRatio(counted);
  process.stdout.write(
    `${workload.name}: CPU of server and PostgreSQL ${ratio.toFixed(2)} x the floor (target: at most ${CPU_RATIO_AT_MOST}.00 x)\n${workload.name}: ${form}\n`,
  );
}

runProgram(main);
