import { parseArgs } from "node:util";
import { migrationOptions } from "../../ormconfig";
import { openDatabase, using } from "../compose";
import { loadConfig } from "../config";
import { migrateDown, migrateUp, migrationStates } from "../store/migrate";
import { endWith } from "./failure";

const HELP = `Changes the schema of the database, one line for each migration.

  npm run migrate -- up      apply the pending migrations, as every start of the server does
  npm run migrate -- down    revert the newest migration; the data that it added is lost
  npm run migrate -- status  list the applied and the pending migrations

The database is the one of DATABASE_URL or, without it, the embedded one, also while a server runs on it.
`;

const COMMANDS = new Map<string, (url: string) => Promise<string[]>>([
  ["up", async (url) => (await migrateUp(migrationOptions(url))).map((name) => `applied ${name}`)],
  [
    "down",
    async (url) => {
      const name = await migrateDown(migrationOptions(url));
      return name ? [`reverted ${name}`] : [];
    },
  ],
  [
    "status",
    async (url) => {
      const states = await migrationStates(migrationOptions(url));
      return states.map(({ name, isApplied }) => `${isApplied ? "applied" : "pending"} ${name}`);
    },
  ],
]);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { help: { type: "boolean", short: "h" } },
    allowPositionals: true,
    strict: false,
  });
  const command = COMMANDS.get(positionals[0] ?? "");
  if (values["help"] || !command || positionals.length > 1) {
    (values["help"] ? process.stdout : process.stderr).write(HELP);
    process.exit(values["help"] ? 0 : 1);
  }
  const database = await openDatabase(loadConfig(process.env), { join: true });
  try {
    const lines = await using(database, command);
    process.stdout.write(`${lines.join("\n") || "nothing to do"}\n`);
  } finally {
    await database.stop();
  }
}

main().catch(endWith);
