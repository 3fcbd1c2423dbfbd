import { migrationOptions } from "../../../ormconfig";
import { openOwned, toAdopt, toRead } from "../../compose/command-database";
import { openDatabase } from "../../compose/database";
import { ConfigError, loadConfig } from "../../config";
import { giveUp } from "../../proof/given-up";
import { adopt } from "../../proof/home";
import { isBlank } from "../../store/texts";
import { parseOptions, runProgram } from "../program";
import { checkpointsIn, keyOf } from "./trusted";

const HELP = `Lets history go on in a database that was restored, or in a replica that was promoted.

  npm run history:adopt
  npm run history:adopt -- --fork REASON --checkpoints FILE [--checkpoints FILE] [--key KEY]

In another cluster the numbers of transactions begin at the beginning, and what comes would count as settled long ago. This
adds to them, so that they go on after the greatest one of history; it sets the sequence of the ids of entries; and it notes
the cluster. A server refuses to start where that is missing. Run it before anything is changed in the database, and
before migrate -- up, as the role that owns the tables: MIGRATION_DATABASE_URL, else DATABASE_URL. Where nothing is wrong,
it does nothing.

  --fork         gives up those of the kept checkpoints that this history contradicts, because it was restored from an older
                 backup. The reason stands in the database for ever, and history:prove tells it to everybody
  --checkpoints  the checkpoints that were kept elsewhere
  --key          the verification key of the history; without it, that of the settings
`;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: {
      fork: { type: "string" },
      checkpoints: { type: "string", multiple: true, default: [] },
      key: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const { fork: reason, checkpoints } = values;
  if (reason !== undefined && isBlank(reason)) throw new ConfigError("--fork: must give the reason");
  if ((reason === undefined) !== (checkpoints.length === 0))
    throw new ConfigError("--fork and --checkpoints: must be given together");
  const config = loadConfig(process.env);
  const vkey = reason === undefined ? "" : keyOf(values.key, config);
  const outside = checkpoints.flatMap((path) => checkpointsIn(path, vkey));
  const database = await openDatabase(config, { join: true });
  try {
    // A backup of an older version lacks migrations, which write history: they come once it is at home here.
    const db = await openOwned(database, migrationOptions, reason === undefined ? toAdopt : toRead);
    const done = await adopt(db.manager);
    if (reason !== undefined) {
      const count = await db.transaction((tx) => giveUp(tx, { vkey, outside }, reason));
      done.push(`${count} of ${outside.length} kept checkpoints are given up.`);
    }
    await db.destroy();
    process.stdout.write(`${done.join("\n") || "History is at home here: nothing to do."}\n`);
  } finally {
    await database.stop();
  }
}

runProgram(main);
