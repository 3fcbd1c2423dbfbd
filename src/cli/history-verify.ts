import { migrationOptions } from "../../ormconfig";
import { loadConfig } from "../config";
import { printFaults } from "./history/print-faults";
import { parseOptions, runProgram } from "./program";
import { toRead, withDatabase } from "../compose/command-database";
import { inSnapshot } from "../store/snapshot";

const HELP = `Checks that every entitlement, support detail, policy and refund equals its newest history entry.

  npm run history:verify

It prints each row that differs with the columns, and then exits with status 1. It does so too for triggers, functions,
privileges and a sequence that are not as the migrations made them, because changes could then bypass history, and where
the order of history has a gap, goes back, or is not that of its entries: it names the first position that is wrong. It reads
the PostgreSQL of DATABASE_URL or, without it, the embedded one, also while a server runs on it: it reads one snapshot
and writes nothing.
`;

async function main(): Promise<void> {
  const { values } = parseOptions({ options: { help: { type: "boolean" } } });
  if (values.help) return void process.stdout.write(HELP);
  const faults = await withDatabase(
    loadConfig(process.env),
    migrationOptions,
    (db) => inSnapshot(db, printFaults),
    toRead,
  );
  if (faults > 0) process.exitCode = 1;
}

runProgram(main);
