import { migrationOptions } from "../../../ormconfig";
import { ConfigError, loadConfig } from "../../config";
import { exportFolder } from "../../moving/export/export-folder";
import { endWith, parseOptions, runProgram } from "../program";
import { startProgress, type Progress } from "../progress";
import { toRead, withDatabase } from "../../compose/command-database";
import { asLine } from "./faults";

const HELP = `Writes all entitlements with their history, as the tables of an Open edX installation hold them.

  npm run export -- --to FOLDER                 NAME.txt and NAME.sql for each table, as mysqldump --tab writes them, and
                                                load.sql, which replaces the entitlements of an LMS by them
  npm run export -- --to FOLDER --format csv    NAME.csv with a header, or NAME.jsonl with --format jsonl

What was imported and has not changed since is written exactly as it was. What was made here gets the ids that follow.
The folder must not exist, or be empty. docs/moving.md has the rest. It reads one snapshot of the database of DATABASE_URL
or, without it, of the embedded one, and changes nothing, also while a server runs on it.
`;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: {
      to: { type: "string" },
      format: { type: "string", default: "txt" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const { to, format } = values;
  if (to === undefined) throw new ConfigError(HELP);
  let progress: Progress | undefined;
  const onProgress = (done: number, total: number) =>
    (progress ??= startProgress(total, "rows written"))(done);
  const written = await withDatabase(
    loadConfig(process.env),
    migrationOptions,
    (db) => exportFolder({ db, folder: to, format, onProgress }),
    toRead,
  );
  for (const { table, count } of written) process.stdout.write(`${table}: ${count} rows\n`);
}

runProgram(main, (error) => endWith(asLine(error)));
