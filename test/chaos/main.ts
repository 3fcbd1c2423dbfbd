import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { endWith } from "../../src/cli/program";
import { ConfigError } from "../../src/config";
import { startEmbeddedPostgres } from "../../src/postgres/embedded-postgres";
import { removeNow, removeWhenThisProcessEnds } from "../support/cleanup";
import { reportLms } from "./lms/report";
import { healing, runBatch, told, type Broken } from "./run";
import { FAULTS, POINTS, scheduleOf, SHOPS, type ShopKind } from "./schedule";
import { DEADLINE_MS, openWorld } from "./world";

const HELP = `Lets faults happen to refunds, or to enrollments in an LMS, and checks what is promised about them.

  npm run chaos -- --seed 7 --schedules 1000 --gateway keyed|natural|webhook
  npm run chaos -- --seed 7 --schedules 1000 --system lms
  npm run chaos -- --only 700012 --gateway keyed     one schedule again, alone
  npm run chaos -- --only 700012,700013 --system lms

Refunds: real servers are killed, held, and cut off from PostgreSQL, which crashes too; the shop fails, is silent, late,
and keeps a ledger of its own. The LMS: processes die or are held at every step, the LMS fails, is late, and refuses, and
learners and support change enrollments there meanwhile. It prints each broken promise with its schedule, of the LMS the
smallest one that breaks it, and then exits with 1.
`;
/** Schedules side by side. */
const AT_ONCE = 16;
/** Schedules of neighbouring seeds do not overlap. */
const PER_SEED = 100_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean" },
      seed: { type: "string", default: "1" },
      schedules: { type: "string", default: "100" },
      system: { type: "string", default: "refunds" },
      gateway: { type: "string", default: "keyed" },
      only: { type: "string" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (!["refunds", "lms"].includes(values.system)) throw new ConfigError("--system: must be refunds or lms");
  const kind = SHOPS.find((known) => known === values.gateway);
  if (!kind) throw new ConfigError(`--gateway: must be one of ${SHOPS.join(", ")}`);
  const whole = (name: string, given: string) => {
    if (/^\d{1,9}$/.test(given)) return Number(given);
    throw new ConfigError(`--${name}: must be a whole number`);
  };
  const first = whole("seed", values.seed) * PER_SEED;
  const seeds =
    values.only?.split(",").map((seed) => whole("only", seed)) ??
    Array.from({ length: whole("schedules", values.schedules) }, (_, place) => first + place);
  const broken = await onPostgres((url) =>
    values.system === "lms" ? reportLms(url, seeds) : inWorld(url, kind, seeds),
  );
  process.exitCode = broken > 0 ? 1 : 0;
}

/** On a PostgreSQL of its own, or the one of CHAOS_DATABASE_URL, which holds the demo world. */
async function onPostgres(work: (databaseUrl: string) => Promise<number>): Promise<number> {
  const given = process.env["CHAOS_DATABASE_URL"];
  if (given) return work(given);
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-chaos-"));
  chmodSync(dir, 0o755); // PostgreSQL may have to run under another account
  removeWhenThisProcessEnds(dir);
  const postgres = await startEmbeddedPostgres(dir, { settings: { fsync: "off", max_connections: "100" } });
  const broken = await work(postgres.url);
  await postgres.stop();
  await removeNow();
  return broken;
}

async function inWorld(databaseUrl: string, kind: ShopKind, seeds: readonly number[]): Promise<number> {
  const world = await openWorld({ databaseUrl, kind });
  const start = Date.now();
  let broken = 0;
  for (let done = 0; done < seeds.length; done += AT_ONCE) {
    const schedules = seeds
      .slice(done, done + AT_ONCE)
      .map((seed) => scheduleOf(seed, DEADLINE_MS, { kind }));
    for (const each of await runBatch(world, schedules)) {
      broken += 1;
      process.stdout.write(describe(each));
    }
    const seconds = Math.round((Date.now() - start) / 1000);
    process.stderr.write(
      `${done + schedules.length} of ${seeds.length} schedules, ${broken} broken, ${seconds} s\n`,
    );
  }
  report(kind, seeds, world.fired, broken);
  await world.close();
  return broken;
}

function describe({ invariant, detail, entitlementId, schedule, answers }: Broken): string {
  return `schedule ${schedule.seed} breaks ${invariant}: ${detail} (${entitlementId}; told ${answers.join(", ")})
  ${JSON.stringify(schedule)}\n`;
}

function report(kind: ShopKind, seeds: readonly number[], fired: readonly string[], broken: number): void {
  const cells = new Map<string, number>();
  for (const cell of fired) cells.set(cell, (cells.get(cell) ?? 0) + 1);
  const all = (FAULTS.length - 1) * POINTS.length;
  process.stdout.write(
    `${kind}, schedules ${seeds[0]} to ${seeds.at(-1)}: ${seeds.length} run, ` +
      `${fired.length} faults in ${cells.size} of ${all} cells, ${broken} promises broken\n` +
      `  the slowest batch took ${(healing.slowestMs / 1000).toFixed(1)} s to heal\n` +
      `  answers: ${[...told].map(([answer, times]) => `${answer} ${times}`).join(", ")}\n` +
      [...cells]
        .sort(([one], [other]) => one.localeCompare(other))
        .map(([cell, times]) => `  ${cell} ${times}\n`)
        .join(""),
  );
}

main().then(() => process.exit(), endWith);
