import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startProgress } from "../../../src/cli/progress";
import { removeNow, removeWhenThisProcessEnds } from "../../support/cleanup";
import { runStorm } from "./storm";

const HELP = `Holds the history against the truth: sixteen writers change rows through every write path, while the writing
process and PostgreSQL are killed again and again. PostgreSQL's write-ahead log tells which rows each transaction that
was committed really changed; its history must say exactly that.

  npm run history:storm -- [--seed 1] [--changes 100000] [--kills 50]

  --seed     decides what is written and when is killed, though not how the writers interleave
  --changes  stops once so many changes of rows are committed
  --kills    how often a process is killed with kill -9

It runs on a PostgreSQL of its own, in a temporary directory. It exits with 1 if anything is missing, extra or wrong.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      changes: { type: "string", default: "100000" },
      kills: { type: "string", default: "50" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const whole = (name: "seed" | "changes" | "kills", min: number) => {
    const value = Number(values[name]);
    if (Number.isSafeInteger(value) && value >= min) return value;
    throw new Error(`--${name}: must be a whole number from ${min}`);
  };
  const options = { seed: whole("seed", 0), changes: whole("changes", 1), kills: whole("kills", 0) };
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-storm-"));
  chmodSync(dir, 0o755); // PostgreSQL may have to run under another account
  removeWhenThisProcessEnds(dir);
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
  await removeNow();
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
