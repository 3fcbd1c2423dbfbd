import "reflect-metadata";
import { withNewDatabase } from "./database";
import { describeAll, describeFile } from "./report";
import { needsDatabase, replayFile, vectorFiles, type Summary } from "./replay";
import { UsageError } from "./vectors";

const HELP = `Usage: npm run parity -- <folder or file>...

Replays what the original answered (policy.json, queries.json, scenarios.json) and compares our answers.
A folder must hold all of these files. Queries and scenarios run in a database of their own, made for this run and
dropped after it: on the server of DATABASE_URL, or on an embedded PostgreSQL.

Every file gets one line: the vectors that passed (each answer is the original's), that failed, and that differ by
design: a named rule, listed with its reason, applies to the input, and our answers are those that the rule documents.
These count neither as passed nor as failed. The last line is "N passed, N failed"; the exit code is 1 after a failure.

A scenario is compared, step by step, in what it answers, in every row and in every history entry, until a named
difference leaves our rows in another state than the original's. Not compared, as they mean something else with us:
numbers of rows and of history entries, the date and the reason of an entry, the deprecated reason of a support detail,
and which outside systems were asked.`;

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help") || args.length === 0) {
    print(HELP);
    if (args.length === 0) process.exitCode = 1;
    return;
  }
  const paths = args.flatMap(vectorFiles);
  const summaries = paths.some(needsDatabase)
    ? await withNewDatabase(process.env["DATABASE_URL"], (db) => replayAll(paths, db))
    : await replayAll(paths, null);
  print(describeAll(summaries));
  if (summaries.some(({ failed }) => failed > 0)) process.exitCode = 1;
}

async function replayAll(paths: readonly string[], db: Parameters<typeof replayFile>[1]): Promise<Summary[]> {
  const summaries: Summary[] = [];
  for (const path of paths) {
    const summary = await replayFile(path, db, (vectors) => showProgress(`${path}: ${vectors}`));
    showProgress("");
    print(describeFile(summary));
    summaries.push(summary);
  }
  return summaries;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

let lastShown = 0;

/** Rewrites one line of a terminal, at most ten times a second; nothing elsewhere. */
function showProgress(text: string): void {
  if (!process.stderr.isTTY || (text !== "" && Date.now() - lastShown < 100)) return;
  lastShown = Date.now();
  process.stderr.write(`\r\u001b[K${text}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof UsageError ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
});
