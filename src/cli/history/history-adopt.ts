import { parseArgs } from "node:util";
import { migrationOptions } from "../../../ormconfig";
import { openDatabase, openMigrated } from "../../compose/database";
import { loadConfig } from "../../config";
import { adopt } from "../../proof/home";
import { endWith } from "../failure";

const HELP = `Lets history go on in a database that was restored, or in a replica that was promoted.

  npm run history:adopt

In another cluster the numbers of transactions begin at the beginning, and what comes would count as settled long ago. This
adds to them, so that they go on after the greatest one of history; it sets the sequence of the ids of entries; and it notes
the cluster. A server refuses to start where that is missing. Run it before anything is changed in the database, as the role
that owns the tables: MIGRATION_DATABASE_URL, else DATABASE_URL. Where nothing is wrong, it does nothing.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: "boolean" } } });
  if (values.help) return void process.stdout.write(HELP);
  const database = await openDatabase(loadConfig(process.env), { join: true });
  try {
    const db = await openMigrated({ ...database, url: database.migrationUrl }, migrationOptions);
    const done = await adopt(db.manager);
    await db.destroy();
    process.stdout.write(`${done.join("\n") || "History is at home here: nothing to do."}\n`);
  } finally {
    await database.stop();
  }
}

main().catch(endWith);
