import { parseArgs } from "node:util";
import { migrationOptions } from "../../ormconfig";
import { openDatabase, openMigrated, type Database } from "../compose";
import { loadConfig } from "../config";
import { postureFaults } from "../proof/posture";
import { brokenRows, type OnProgress } from "../proof/verify";
import { endWith } from "./failure";
import { startProgress } from "./progress";

const HELP = `Checks that every entitlement, support detail, policy and refund equals its newest history entry.

  npm run history:verify

It prints each row that differs with the columns, and then exits with status 1. It does so too for triggers, functions,
privileges and a sequence that are not as the migrations made them, because changes could then bypass history. It reads
the PostgreSQL of DATABASE_URL or, without it, the embedded one, also while a server runs on it: it reads one snapshot
and writes nothing.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: "boolean" } } });
  if (values.help) return void process.stdout.write(HELP);
  const database = await openDatabase(loadConfig(process.env), { join: true });
  try {
    await verify(database);
  } finally {
    await database.stop();
  }
}

async function verify(database: Database): Promise<void> {
  const db = await openMigrated(database, migrationOptions);
  try {
    const start = Date.now();
    let progress: ReturnType<typeof startProgress> | undefined;
    let total = 0;
    const onProgress: OnProgress = (done, of) => {
      progress ??= startProgress(of, "history entries");
      progress(done);
      total = of;
    };
    let broken = 0;
    for await (const { table, id, fault } of brokenRows(db, onProgress)) {
      process.stdout.write(`${table} ${id} ${fault}\n`);
      broken += 1;
    }
    const faults = await postureFaults(db.manager);
    for (const fault of faults) process.stdout.write(`${fault}\n`);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    process.stdout.write(`${broken} broken rows; ${total} history entries read in ${seconds} s\n`);
    if (broken + faults.length > 0) process.exitCode = 1;
  } finally {
    await db.destroy();
  }
}

main().catch(endWith);
