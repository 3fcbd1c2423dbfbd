import { randomUUID } from "node:crypto";
import type { App } from "../app";
import { ConfigError, loadConfig } from "../config";
import { expireDueEntitlements, type SweepReport } from "../use-cases/entitlements/expire-due-entitlements";
import { parseOptions, runProgram } from "./program";
import { startProgress } from "./progress";
import { withApp } from "../compose";

const HELP = `Stores the expiry of entitlements whose expiry is due, as the background work of the server does once an hour.

  npm run expire -- --dry-run   count the due entitlements, and change nothing
  npm run expire -- --commit    expire them in small transactions; it can be repeated at any time

Entitlements that another transaction is changing, or whose refund is pending, are left for the next time. Those that
the database refuses to change are listed with the reason, and the command exits with status 1. The database is the one
of DATABASE_URL or, without it, the embedded one, also while a server runs on it.
`;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: {
      "dry-run": { type: "boolean" },
      commit: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (values["dry-run"] === values.commit) throw new ConfigError(HELP);
  await withApp(loadConfig(process.env), (app) => sweep(app, values.commit === true));
}

async function sweep(app: App, isCommit: boolean): Promise<void> {
  const origin = { source: "CLI" as const, requestId: randomUUID() };
  const start = Date.now();
  let report = await expireDueEntitlements(app, { ...origin, isDryRun: true });
  print(describeDue(report));
  if (isCommit) {
    const progress = startProgress(dueInAll(report), "entitlements");
    const onProgress = (sofar: SweepReport) => progress(dueInAll(sofar));
    report = await expireDueEntitlements(app, { ...origin, onProgress });
    for (const { id, reason } of report.failed) print(`${id} ${reason}`);
    print(`${report.expired} expired, ${report.failed.length} failed, ${seconds(start)} s`);
    if (report.failed.length > 0) process.exitCode = 1;
  }
}

function describeDue(report: SweepReport): string {
  const causes = Object.entries(report.due).map(([cause, count]) => `  ${cause} ${count}`);
  return [`${dueInAll(report)} due`, ...causes].join("\n");
}

function dueInAll({ due }: SweepReport): number {
  return Object.values(due).reduce((sum, count) => sum + count, 0);
}

function seconds(start: number): string {
  return ((Date.now() - start) / 1000).toFixed(1);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

runProgram(main);
