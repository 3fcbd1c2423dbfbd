import { migrationOptions } from "../../../ormconfig";
import { toRead, withDatabase } from "../../compose/command-database";
import { ConfigError, loadConfig } from "../../config";
import { proveEntry } from "../../proof/sealed/prove-entry";
import { parseOptions, runProgram } from "../program";

const HELP = `Writes the proof of one entry of history, which history:check-proof checks without this database.

  npm run --silent history:proof -- ENTRY [--size N] > proof.json

  --size  the size of the checkpoint that it is proven under; without it, the newest

ENTRY is the number of an entry, as the API tells it. The file opens the names and words in the entry: give it only to who
may read them.
`;

async function main(): Promise<void> {
  const { values, positionals } = parseOptions({
    allowPositionals: true,
    options: { size: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return void process.stdout.write(HELP);
  const [entry = "", ...more] = positionals;
  if (!/^\d{1,18}$/.test(entry) || more.length > 0) throw new ConfigError("Name one entry by its number.");
  if (values.size !== undefined && !/^\d{1,15}$/.test(values.size))
    throw new ConfigError("--size: must be the size of a checkpoint");
  const size = values.size === undefined ? undefined : Number(values.size);
  const proof = await withDatabase(
    loadConfig(process.env),
    migrationOptions,
    (db) => proveEntry(db, entry, size),
    toRead,
  );
  if (!proof)
    throw new ConfigError(
      `There is no sealed entry ${entry}${size === undefined ? "" : " under that checkpoint"}.`,
    );
  process.stdout.write(`${JSON.stringify({ ...proof, checkpoint: proof.checkpoint.note }, null, 2)}\n`);
}

runProgram(main);
