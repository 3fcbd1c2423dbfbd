import { parseArgs } from "node:util";
import { migrationOptions } from "../../../ormconfig";
import { withDatabase } from "../../compose/database";
import { historySigner, isSealed } from "../../compose/sealer";
import { ConfigError, loadConfig, type Config } from "../../config";
import { prove, type KeptCheckpoint, type Trusted } from "../../proof/sealed/prove";
import { inSnapshot } from "../../store/snapshot";
import type { Queryable } from "../../store/statement";
import { endWith } from "../failure";
import { startProgress } from "../progress";
import { printFaults } from "./print-faults";
import { readText } from "./read-text";

const HELP = `Proves that the history is as it was sealed: it hashes all entries again, and compares them with what was signed.

  npm run history:prove -- [--checkpoints FILE] [--checkpoints FILE] [--key KEY]

  --checkpoints  checkpoints that were kept elsewhere, one after the other: what was sealed under them must be there still
  --key          the verification key of the history, <name>+<id>+<base64>; without it, that of the settings

Only a checkpoint that was kept out of reach of who could change the database proves that nothing was changed and sealed
again. It does what history:verify does as well, and exits with status 1 if there is any fault. It reads one snapshot and
writes nothing, also while servers run.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      checkpoints: { type: "string", multiple: true, default: [] },
      key: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const config = loadConfig(process.env);
  const vkey = values.key ?? ownKey(config);
  const trusted = {
    vkey,
    outside: values.checkpoints.flatMap(checkpointsIn),
    witnesses: config.history.witnesses.flatMap((address) => address.split("#")[1] ?? []),
  };
  const faults = await withDatabase(config, migrationOptions, (db) =>
    inSnapshot(db, async (tx) => (await printFaults(tx)) + (await printDifferences(tx, trusted))),
  );
  if (faults > 0) process.exitCode = 1;
}

async function printDifferences(tx: Queryable, trusted: Trusted): Promise<number> {
  const start = Date.now();
  let progress: ReturnType<typeof startProgress> | undefined;
  const { entries, faults } = await prove(tx, trusted, (done, of) => {
    progress ??= startProgress(of, "entries hashed");
    progress(done);
  });
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stdout.write(
    `${faults.length} faults; ${entries} sealed entries and ${trusted.outside.length} kept checkpoints compared in ${seconds} s\n`,
  );
  return faults.length;
}

function ownKey(config: Config): string {
  if (!isSealed(config))
    throw new ConfigError("--key: must be given, as HISTORY_SIGNING_KEY_FILE is not set");
  return historySigner(config).vkey;
}

/** Checkpoints are kept one after the other, each with an empty line before its signatures. */
function checkpointsIn(path: string): KeptCheckpoint[] {
  const notes = readText(path).match(/(?:.+\n)+\n(?:— .+\n)+/g) ?? [];
  if (notes.length === 0) throw new ConfigError(`--checkpoints: ${path} holds no checkpoint`);
  return notes.map((note) => ({ where: path, note }));
}

main().catch(endWith);
