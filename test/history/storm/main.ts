import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startProgress } from "../../../src/cli/progress";
import { removeNow, removeWhenThisProcessEnds } from "../../support/cleanup";
import { migrationOptions } from "../../../ormconfig";
import { startEmbeddedPostgres } from "../../../src/postgres/embedded-postgres";
import { migrateUp } from "../../../src/store/schema/migrate";
import { runSettledStorm } from "./settled";
import { runStorm } from "./storm";

const HELP = `Holds the history against the truth: sixteen writers change rows through every write path, while the writing
process and PostgreSQL are killed again and again. PostgreSQL's write-ahead log tells which rows each transaction that
was committed really changed; its history must say exactly that.

  npm run history:storm -- [--seed 1] [--changes 100000] [--kills 50]

  --seed     decides what is written and when is killed, though not how the writers interleave
  --changes  stops once so many changes of rows are committed
  --kills    how often a process is killed with kill -9

With --settled it holds the settled past against the promise that it never changes: six writers, some of them slow, roll
some of their transactions back, and the clock is set back once. Answers as of the last moments are recorded and asked for
again in the end; instants within transactions must show nothing of them; and who follows the log must get each entry once.

  npm run history:storm -- --settled [--seed 1] [--answers 10000]

It runs on a PostgreSQL of its own, in a temporary directory. It exits with 1 if anything is missing, extra or wrong.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      changes: { type: "string", default: "100000" },
      kills: { type: "string", default: "50" },
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
  const options = { seed: whole("seed", 0), changes: whole("changes", 1), kills: whole("kills", 0) };
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-storm-"));
  chmodSync(dir, 0o755); // PostgreSQL may have to run under another account
  removeWhenThisProcessEnds(dir);
  if (values.settled) await holdSettled(dir, whole("seed", 0), whole("answers", 1));
  else await holdTruth(dir, options);
  await removeNow();
}

async function holdTruth(
  dir: string,
  options: { seed: number; changes: number; kills: number },
): Promise<void> {
  const start = Date.now();
  const onProgress = startProgress(options.changes, "changes");
  const { counts, kills, broken, faults } = await runStorm({ ...options, dir, onProgress });
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  process.stdout.write(
    `${faults.map((fault) => `${fault}\n`).join("")}seed ${options.seed}: ${counts.changes} changes and ${counts.entries} entries in ` +
      `${counts.transactions} transactions, ${kills} kills, ${seconds} s\n` +
      `missing ${counts.missing}, extra ${counts.extra}, wrong ${counts.wrong}, broken in the end ${broken}\n`,
  );
  if (counts.missing + counts.extra + counts.wrong + broken > 0) process.exitCode = 1;
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
