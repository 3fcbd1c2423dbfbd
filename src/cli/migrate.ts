import { migrationOptions } from "../../ormconfig";
import { migrate, openDatabase, refuseAway, sayWait, usingAsOwner, type Database } from "../compose/database";
import { ConfigError, loadConfig } from "../config";
import { migrationStates } from "../store/schema/migrate";
import { migrateDown } from "../store/schema/migrate-down";
import { parseOptions, runProgram } from "./program";

const HELP = `Changes the schema of the database, one line for each migration.

  npm run migrate -- up      apply the pending migrations, as every start of the server does
  npm run migrate -- down    revert the newest migration, unless rows or values would be lost with it
  npm run migrate -- status  list the applied and the pending migrations

  --discard-data  Revert it although data is lost. In production nothing is reverted without this option. While refunds
                  are pending, the command refuses in any case.

The database is the one of DATABASE_URL, or else the embedded one, also while a server runs on it. Where
MIGRATION_DATABASE_URL is set too, that role owns the tables, and "up" grants the role of DATABASE_URL what the server needs.
`;

/** What a command may do, beside what it is there for. */
interface Permission {
  discardsData: boolean;
  isProduction: boolean;
}

const COMMANDS = new Map<string, (database: Database, may: Permission) => Promise<string[]>>([
  ["up", async (database) => (await migrate(database)).map((name) => `applied ${name}`)],
  ["down", down],
  [
    "status",
    async (database) => {
      const states = await usingAsOwner(database, (url) =>
        migrationStates(migrationOptions(url), { onWait: sayWait }),
      );
      return states.map(
        ({ name, isApplied, isKnown }) =>
          `${isApplied ? "applied" : "pending"} ${name}${isKnown ? "" : ", of a newer version"}`,
      );
    },
  ],
]);

async function down(database: Database, { discardsData, isProduction }: Permission): Promise<string[]> {
  if (isProduction && !discardsData)
    throw new ConfigError("In production nothing is reverted without --discard-data");
  const { name, refusal } = await usingAsOwner(database, (url) =>
    migrateDown(migrationOptions(url), discardsData, { onWait: sayWait, before: refuseAway }),
  );
  if (refusal) throw new ConfigError(`Nothing was reverted. ${refusal}`);
  return name ? [`reverted ${name}`] : [];
}

async function main(): Promise<void> {
  const { values, positionals } = parseOptions({
    options: { help: { type: "boolean", short: "h" }, "discard-data": { type: "boolean" } },
    allowPositionals: true,
  });
  if (values.help) return void process.stdout.write(HELP);
  const [name = "", ...more] = positionals;
  const command = COMMANDS.get(name);
  if (!command || more.length > 0) {
    const fault = command
      ? `${more.join(" ")}: one command at a time`
      : `${name || "nothing"}: not a command`;
    throw new ConfigError(`${fault}\n\n${HELP.trimEnd()}`);
  }
  const config = loadConfig(process.env);
  const database = await openDatabase(config, { join: true });
  try {
    const may = { discardsData: values["discard-data"] === true, isProduction: config.isProduction };
    const lines = await command(database, may);
    process.stdout.write(`${lines.join("\n") || "nothing to do"}\n`);
  } finally {
    await database.stop();
  }
}

runProgram(main);
