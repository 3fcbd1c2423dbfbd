import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startProgress } from "../../../src/cli/progress";
import { removeNow, removeWhenThisProcessEnds } from "../../support/cleanup";
import { SYSTEM_BINARIES } from "../../support/system-postgres";
import { migrationOptions } from "../../../ormconfig";
import { startEmbeddedPostgres } from "../../../src/postgres/embedded-postgres";
import { migrateUp } from "../../../src/store/schema/migrate";
import { SCENARIOS, type Scenario } from "./schedule";
import { runSettledStorm } from "./settled";
import { runStorm, type StormOptions } from "./storm";

const HELP = `Holds the history against the truth: sixteen writers change rows through every write path, while the writing
process and PostgreSQL are killed again and again. PostgreSQL's write-ahead log tells which rows each transaction that
was committed really changed; its history must say exactly that. The writing process settles and seals history meanwhile.
Who follows the log must get each entry once, nothing that could be read may be lost, answers as of settled instants must
never change, and in the end history:prove must find no fault with the checkpoints that were kept on the way.

  npm run history:storm -- [--seed 1] [--changes 100000] [--kills 50] [--scenarios two-phase,clock,replica,restore]

  --seed       decides what is written and when is killed, though not how the writers interleave
  --changes    stops once so many changes of rows are committed
  --kills      how often a process is killed with kill -9
  --scenarios  what happens besides, some of these; all of them without it:
    two-phase  a tenth of the transactions is prepared, and committed or rolled back later, also after a kill of PostgreSQL
    clock      the clock is set back by 10 seconds three times, and right again: that is what history_now() says, as the clock of
               this machine cannot be set; and every other writing process has a clock that is 5 minutes ahead
    replica    a replica is made while others write, and follows; then PostgreSQL is killed for good, and the replica
               promoted. It is a synchronous one: a commit is answered when the replica has it, so none that was is lost
    restore    the database is dumped with pg_dump while others write, and ends; history goes on in another cluster with what
               was dumped. It is left out where the system has no PostgreSQL with pg_dump; the storm is then one of the embedded

With --settled it holds the settled past against the promise that it never changes: six writers, some of them slow, roll
some of their transactions back, and the clock is set back once. Answers as of the last moments are recorded and asked for
again in the end; instants within transactions must show nothing of them; and who follows the log must get each entry once.

  npm run history:storm -- --settled [--seed 1] [--answers 10000]

It runs on a PostgreSQL of its own, in a temporary directory. It exits with 1 if anything is missing, extra or wrong.
`;
const WRITERS = 16;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      changes: { type: "string", default: "100000" },
      kills: { type: "string", default: "50" },
      scenarios: { type: "string", default: SCENARIOS.join() },
      settled: { type: "boolean" },
      answers: { type: "string", default: "10000" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const whole = (name: "seed" | "changes" | "kills" | "answers", min: number) => {
    const value = Number(values[name]);
    if (Number.isSafeInteger(value) && value >= min) return value;
    throw new Error(`--${name}: must be a whole number from ${min}`);
  };
  const options = {
    seed: whole("seed", 0),
    changes: whole("changes", 1),
    kills: whole("kills", 0),
    writers: WRITERS,
    ...scenariosOf(values.scenarios),
  };
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-storm-"));
  chmodSync(dir, 0o755); // PostgreSQL may have to run under another account
  removeWhenThisProcessEnds(dir);
  if (values.settled) await holdSettled(dir, whole("seed", 0), whole("answers", 1));
  else await holdTruth(dir, options);
  await removeNow();
}

/** The scenarios that were chosen and can be played here, and what they need. */
function scenariosOf(chosen: string): Pick<StormOptions, "scenarios" | "binaries"> {
  const names = chosen.split(",").filter((name) => name !== "");
  const isScenario = (name: string): name is Scenario => (SCENARIOS as readonly string[]).includes(name);
  const unknown = names.find((name) => !isScenario(name));
  if (unknown) throw new Error(`--scenarios: there is no ${unknown}, only ${SCENARIOS.join(", ")}`);
  const scenarios = names.filter(isScenario);
  if (!scenarios.includes("restore")) return { scenarios };
  if (SYSTEM_BINARIES) return { scenarios, binaries: SYSTEM_BINARIES };
  process.stderr.write("restore is left out: this system has no PostgreSQL with pg_dump\n");
  return { scenarios: scenarios.filter((name) => name !== "restore") };
}

async function holdTruth(dir: string, options: Omit<StormOptions, "dir">): Promise<void> {
  const start = Date.now();
  const onProgress = startProgress(options.changes, "changes");
  const seconds = () => ((Date.now() - start) / 1000).toFixed(0);
  const onHappening = (what: string) => void process.stderr.write(`${what}, after ${seconds()} s\n`);
  const report = await runStorm({ ...options, dir, onProgress, onHappening });
  const { counts, kills, survived, verdicts, faults } = report;
  const { missing, extra, wrong } = counts;
  const lines = [
    ...faults,
    `seed ${options.seed}: ${counts.changes} changes and ${counts.entries} entries in ${counts.transactions} transactions, ` +
      `${kills} kills, ${seconds()} s`,
    `${counts.prepared} transactions were committed in two phases, ${survived} of them with a kill of PostgreSQL between the phases on purpose`,
    `missing ${missing}, extra ${extra}, wrong ${wrong}`,
  ];
  let sum = missing + extra + wrong;
  for (const { faults: found, answers, changed, missed, repeated, lost, said } of verdicts) {
    sum += found.length + changed + missed + repeated + lost;
    lines.push(
      ...found.slice(0, 20),
      `broken in the end ${found.length}; of ${answers} answers as of settled instants ${changed} changed; missed ${missed}, ` +
        `repeated ${repeated}, lost ${lost}`,
      `history:prove: ${said}`,
    );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
  if (sum > 0) process.exitCode = 1;
}

async function holdSettled(dir: string, seed: number, answers: number): Promise<void> {
  const start = Date.now();
  const postgres = await startEmbeddedPostgres(dir);
  await migrateUp(migrationOptions(postgres.url));
  const onProgress = startProgress(answers, "answers");
  const found = await runSettledStorm({ url: postgres.url, seed, answers, tornAtMost: 50_000, onProgress });
  await postgres.stop();
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  process.stdout.write(
    `${found.faults.map((fault) => `${fault}\n`).join("")}seed ${seed}: ${found.answers} answers, ${found.transactions} transactions with ` +
      `${found.entries} entries, ${found.asked} questions within transactions, ${seconds} s\n` +
      `changed ${found.changed}, torn ${found.torn}, missed ${found.missed}, repeated ${found.repeated}\n` +
      `an instant is settled after ${found.waits.median} ms in the middle, ${found.waits.most} ms at most\n`,
  );
  if (found.changed + found.torn + found.missed + found.repeated + found.faults.length > 0)
    process.exitCode = 1;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
