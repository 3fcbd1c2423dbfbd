import { migrationOptions } from "../../../ormconfig";
import { openOwned } from "../../compose/command-database";
import { openDatabase } from "../../compose/database";
import { loadConfig } from "../../config";
import { countRetained } from "../../reads/accounts/retained-entries";
import { retainHistory } from "../../use-cases/accounts/retain-history";
import { parseOptions, runProgram } from "../program";
import { startProgress } from "../progress";
import { intervalOf } from "./age";
import { reasonOf } from "./reason";

const HELP = `Removes personal texts from old history: who acted, by name, and words about learners.

  npm run history:retain -- --older-than 7y --reason "the law on bookkeeping"

  --older-than  the age: days, months or years, as 90d, 18mo and 7y; at least 30 days
  --reason      is kept in history for good, and must not name anyone
  --dry-run     tells of how many entries, and changes nothing

Ids, dates, the order of changes and all other values stay, and so do accounts. Every checkpoint and every proof that was
given before still holds, but what was removed can be read from none. Words go from rows that have not changed since, too.
It works in parts, of which each is an entry of history itself: the same command goes on where one has ended. Run it as the
role that owns the tables: MIGRATION_DATABASE_URL, else DATABASE_URL. Backups keep what they have until they are deleted.
`;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: {
      "older-than": { type: "string" },
      reason: { type: "string" },
      "dry-run": { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const interval = intervalOf(values["older-than"] ?? "");
  const comments = reasonOf(values.reason);
  const database = await openDatabase(loadConfig(process.env), { join: true });
  try {
    const db = await openOwned(database, migrationOptions);
    const [{ now, before }] = await db.query<[{ now: Date; before: Date }]>(
      "select history_now() as now, history_now() - $1::interval as before",
      [interval],
    );
    const found = await countRetained(db, before);
    const total = [...found.values()].reduce((sum, count) => sum + count, 0);
    if (values["dry-run"]) tell("Would remove", found, before);
    else {
      const onProgress = total === 0 ? undefined : startProgress(total, "entries");
      tell("Removed", await retainHistory(db, { before, comments }, now, onProgress), before);
    }
    await db.destroy();
  } finally {
    await database.stop();
  }
}

function tell(did: string, counts: ReadonlyMap<string, number>, before: Date): void {
  const lines = [...counts].map(([type, count]) => `  ${count.toLocaleString("en")} of ${type}\n`);
  process.stdout.write(
    lines.length === 0
      ? `History says nothing from before ${before.toISOString()} that could be removed.\n`
      : `${did} the personal texts of entries from before ${before.toISOString()}:\n${lines.join("")}`,
  );
}

runProgram(main);
