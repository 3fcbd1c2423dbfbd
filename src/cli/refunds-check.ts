import type { DataSource } from "typeorm";
import { migrationOptions } from "../../ormconfig";
import { loadConfig, type Config } from "../config";
import { embeddedLedger, refundViolations } from "../proof/refund-invariants";
import { parseOptions, runProgram } from "./program";
import { toRead, withDatabase } from "../compose/command-database";

const HELP = `Checks the invariants of refunds: an order is refunded at most once, an entitlement expires by a refund exactly
when the order was refunded, a refused or pending refund changes nothing, no refund is in doubt for more than 15
minutes, and the history contains every change.

  npm run refunds:check

It prints each entitlement that violates an invariant, and then exits with status 1. It reads the PostgreSQL of
DATABASE_URL or, without it, the embedded one, also while a server runs on it. It can only read the ledger of the
embedded shop.
`;

/** The age after which a refund in doubt violates an invariant. */
const SETTLES_WITHIN_MS = 15 * 60_000;

async function main(): Promise<void> {
  const { values } = parseOptions({ options: { help: { type: "boolean" } } });
  if (values.help) return void process.stdout.write(HELP);
  const config = loadConfig(process.env);
  await withDatabase(config, migrationOptions, (db) => check(db, config), toRead);
}

async function check(db: DataSource, { refund }: Config): Promise<void> {
  const paid = refund.shop === "embedded" ? await embeddedLedger(db) : null;
  const violations = await refundViolations(db, { paid, settlesWithinMs: SETTLES_WITHIN_MS });
  for (const { invariant, entitlementId, detail } of violations)
    process.stdout.write(`${entitlementId} violates ${invariant}: ${detail}\n`);
  const [row] = await db.query<[{ count: string }]>("select count(*) from refund");
  process.stdout.write(`${violations.length} violations; ${row.count} refunds read\n`);
  if (violations.length > 0) process.exitCode = 1;
}

runProgram(main);
