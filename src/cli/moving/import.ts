import { closeSync, openSync, writeSync } from "node:fs";
import { migrationOptions } from "../../../ormconfig";
import { openOwned } from "../../compose/command-database";
import { openDatabase } from "../../compose/database";
import { ConfigError, loadConfig } from "../../config";
import { importFromOpenEdx, type Import } from "../../moving/import/import-from-open-edx";
import type { OnNotes } from "../../moving/import/store-staged";
import { isDatabase, openSource, type SourceOptions } from "../../moving/sources/open-source";
import type { Source } from "../../moving/sources/source";
import { endWith, parseOptions, runProgram } from "../program";
import { startProgress, type Progress } from "../progress";
import { asLine } from "./faults";
import { follow } from "./follow";
import { linesOf } from "./report-lines";

const HELP = `Imports the entitlements of an Open edX installation with their history, and what belongs to them.

  npm run import -- --from mysql://user@host:3306/edxapp   read a MySQL or MariaDB: a replica with SELECT suffices.
                                                           The password: MYSQL_PWD. TLS: ?tls=on
  npm run import -- --from FOLDER                          read a folder: for each table NAME.txt and NAME.sql as
                                                           mysqldump --tab writes them, NAME.csv or NAME.jsonl
  --dry-run       does everything, tells what it has done, and undoes it
  --follow        then goes on with what the LMS records, every 2 s, and with everything once an hour, until SIGTERM
  --report FILE   writes a line of JSON for each row that was refused, altered, kept or added, and why
  --accept-deletions  also when the LMS has deleted more than half of the imported entitlements
  --as-of INSTANT the instant of a folder, as 2026-01-31T12:00:00Z; without it, that of its oldest file

The same import again changes nothing, and one that was interrupted goes on where it stopped. Rows that were changed here
since they were imported stay as they are, and the report names them. docs/moving.md has the rest. The database is the
one of DATABASE_URL, as the role of MIGRATION_DATABASE_URL where that is set, or the embedded one, also while a server runs.
`;

function readOptions() {
  const { values } = parseOptions({
    options: {
      from: { type: "string" },
      follow: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      "accept-deletions": { type: "boolean", default: false },
      report: { type: "string" },
      "as-of": { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  return values;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return void process.stdout.write(HELP);
  const { from, follow: isFollowing, "dry-run": isDryRun, report: file, "as-of": asOf = null } = options;
  const acceptsDeletions = options["accept-deletions"];
  if (from === undefined) throw new ConfigError(HELP);
  if (isFollowing && (isDryRun || !isDatabase(from)))
    throw new ConfigError("--follow is for a database, and not for a dry run");
  const config = loadConfig(process.env);
  const given: SourceOptions = { password: process.env["MYSQL_PWD"], asOf };
  let source: Source | null = await openSource(from, given);
  const report = openReport(file);
  const database = await openDatabase(config, { join: true });
  try {
    // As the owner of the tables, who alone may write what others have recorded.
    const db = await openOwned(database, (url) => migrationOptions(url, 4));
    const importAll = async () => {
      source ??= await openSource(from, given);
      try {
        await importOnce(source, { db, isDryRun, acceptsDeletions, onNotes: report.write });
      } finally {
        await source.close();
        source = null;
      }
    };
    try {
      if (isFollowing) await follow({ db, name: source.name, from, given, importAll, onNotes: report.write });
      else await importAll();
    } finally {
      await db.destroy();
    }
  } finally {
    await source?.close();
    report.close();
    await database.stop();
  }
}

/** The file of `--report`, which is written from the start; without one, nothing is written. */
function openReport(file: string | undefined): { write: OnNotes; close: () => void } {
  if (file === undefined) return { write: () => {}, close: () => {} };
  const out = openSync(file, "w");
  return {
    write: (notes) => void writeSync(out, notes.map((note) => `${JSON.stringify(note)}\n`).join("")),
    close: () => closeSync(out),
  };
}

async function importOnce(
  source: Source,
  given: Pick<Import, "db" | "isDryRun" | "acceptsDeletions" | "onNotes">,
): Promise<void> {
  const start = Date.now();
  const report = await importFromOpenEdx({
    ...given,
    source,
    onProgress: progressOf(),
    onResume: (asOf) =>
      void process.stderr.write(
        `Goes on with the import that was interrupted, as of ${asOf.toISOString()}\n`,
      ),
  });
  for (const line of linesOf(report, (Date.now() - start) / 1000)) process.stdout.write(`${line}\n`);
  if (given.isDryRun) process.stdout.write("It was a dry run: nothing is stored.\n");
}

/** One bar after the other, for what is read and for what is stored. */
function progressOf() {
  const bars = new Map<string, { total: number; show: Progress }>();
  return (what: string, done: number, total: number, unit: string) => {
    let bar = bars.get(what);
    if (!bar) bars.set(what, (bar = { total, show: startProgress(total, `${unit} ${what}`) }));
    bar.show(Math.min(Math.round(done), bar.total));
  };
}

runProgram(main, (error) => endWith(asLine(error)));
