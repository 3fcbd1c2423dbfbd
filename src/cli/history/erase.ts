import { migrationOptions } from "../../../ormconfig";
import { openMigratedAsOwner } from "../../compose/command-database";
import { openDatabase } from "../../compose/database";
import { ConfigError, loadConfig } from "../../config";
import { LMS_USER_ID } from "../../rules/accounts/retired-names";
import { eraseUser } from "../../use-cases/accounts/erase-user";
import { parseOptions, runProgram } from "../program";
import { reasonOf } from "./reason";

const HELP = `Forgets a user: names, and words about them, in the tables and in all of history.

  npm run history:erase -- 1005 --reason "request 4711"

  1005      the LMS user id of the account, which may have been deleted before; it stays in history as a pseudonym
  --reason  is kept in history for good, and must not name the user

Ids, the order of changes and all other values stay. Every checkpoint and every proof that was given before still holds, but
what was erased can be read from none. The erasure is an entry of history itself. An account that is still there becomes
retired__user_<id>, is no longer active, and has neither address nor name. Run it as the role that owns the tables:
MIGRATION_DATABASE_URL, else DATABASE_URL. Backups keep what they have until they are deleted.
`;

async function main(): Promise<void> {
  const { values, positionals } = parseOptions({
    allowPositionals: true,
    options: { reason: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) return void process.stdout.write(HELP);
  const [userId, ...others] = positionals;
  if (!LMS_USER_ID.test(userId ?? "") || others.length > 0)
    throw new ConfigError("name one account by its LMS user id, such as 1005");
  const comments = reasonOf(values.reason);
  const database = await openDatabase(loadConfig(process.env), { join: true });
  try {
    const db = await openMigratedAsOwner(database, migrationOptions);
    const [{ now }] = await db.query<[{ now: Date }]>("select history_now() as now");
    const entries = await eraseUser(db, { userId: userId!, comments }, now);
    await db.destroy();
    process.stdout.write(
      entries === 0
        ? `History says nothing of the account ${userId} that could be erased.\n`
        : `Erased what ${entries} entries of history said of the account ${userId}.\n`,
    );
  } finally {
    await database.stop();
  }
}

runProgram(main);
