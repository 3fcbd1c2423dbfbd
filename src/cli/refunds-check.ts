import { parseArgs } from "node:util";
import { DataSource } from "typeorm";
import { migrationOptions } from "../../ormconfig";
import { openDatabase, using, type Database } from "../compose";
import { loadConfig, type Config } from "../config";
import { embeddedLedger, refundViolations } from "../proof/refund-invariants";
import { endWith } from "./failure";

const HELP = `Checks what is promised about refunds: paid at most once, taken back exactly when paid, nothing changed when
refused or in doubt, nothing in doubt for 15 minutes, all of it in history.

  npm run refunds:check

It names each entitlement that breaks a promise, and then exits with 1. It reads the PostgreSQL of DATABASE_URL, or
else of npm start, which may be running; of the shops' ledgers it can read the embedded one only.
`;

/** What is in doubt for longer is worth an alarm. */
const SETTLES_WITHIN_MS = 15 * 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: "boolean" } } });
  if (values.help) return void process.stdout.write(HELP);
  const config = loadConfig(process.env);
  const database = await openDatabase(config, { join: true });
  try {
    await check(database, config);
  } finally {
    await database.stop();
  }
}

async function check(database: Database, { refund }: Config): Promise<void> {
  const db = await using(database, (url) => new DataSource(migrationOptions(url)).initialize());
  try {
    const paid = refund.shop === "embedded" ? await embeddedLedger(db) : null;
    const violations = await refundViolations(db, { paid, settlesWithinMs: SETTLES_WITHIN_MS });
    for (const { invariant, entitlementId, detail } of violations)
      process.stdout.write(`${entitlementId} breaks ${invariant}: ${detail}\n`);
    const [row] = await db.query<[{ count: string }]>("select count(*) from refund");
    process.stdout.write(`${violations.length} broken promises; ${row.count} refunds read\n`);
    if (violations.length > 0) process.exitCode = 1;
  } finally {
    await db.destroy();
  }
}

main().catch(endWith);
