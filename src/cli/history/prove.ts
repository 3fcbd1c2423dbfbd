import { migrationOptions } from "../../../ormconfig";
import { toRead, withDatabase } from "../../compose/command-database";
import { loadConfig } from "../../config";
import { prove } from "../../proof/sealed/prove";
import type { Trusted } from "../../proof/sealed/trusted";
import { inSnapshot } from "../../store/snapshot";
import type { Database } from "../../store/statement";
import { parseOptions, runProgram } from "../program";
import { startProgress } from "../progress";
import { printFaults } from "./print-faults";
import { checkpointsIn, checkpointsOfSettings, keyOf } from "./trusted";

const HELP = `Proves that the history is as it was sealed: it hashes all entries again, and compares them with what was signed.

  npm run history:prove -- [--checkpoints FILE] [--checkpoints FILE] [--key KEY]

  --checkpoints  checkpoints that were kept elsewhere, one after the other: what was sealed under them must be there still;
                 the files that HISTORY_WITNESSES names are compared without being named here
  --key          the verification key of the history, <name>+<id>+<base64>; without it, that of the settings

Only a checkpoint that was kept out of reach of who could change the database proves that nothing was changed and sealed
again. One that was given up by history:adopt is named, and is no fault. It does what history:verify does as well, and exits
with status 1 if there is any fault. It reads one snapshot and writes nothing, also while servers run.
`;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: {
      checkpoints: { type: "string", multiple: true, default: [] },
      key: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const config = loadConfig(process.env);
  const vkey = keyOf(values.key, config);
  const trusted = {
    vkey,
    outside: [
      ...values.checkpoints.flatMap((path) => checkpointsIn(path, vkey)),
      ...checkpointsOfSettings(config, vkey),
    ],
    witnesses: config.history.witnesses.flatMap((address) => address.split("#")[1] ?? []),
  };
  const faults = await withDatabase(
    config,
    migrationOptions,
    (db) => inSnapshot(db, async (tx) => (await printFaults(tx)) + (await printDifferences(tx, trusted))),
    toRead,
  );
  if (faults > 0) process.exitCode = 1;
}

async function printDifferences(tx: Database, trusted: Trusted): Promise<number> {
  const start = Date.now();
  let progress: ReturnType<typeof startProgress> | undefined;
  const { entries, faults, givenUp } = await prove(tx, trusted, (done, of) => {
    progress ??= startProgress(of, "entries hashed");
    progress(done);
  });
  for (const line of [...givenUp, ...faults]) process.stdout.write(`${line}\n`);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stdout.write(
    `${faults.length} faults; ${entries} sealed entries and ${trusted.outside.length} kept checkpoints compared in ${seconds} s\n`,
  );
  return faults.length;
}

runProgram(main);
