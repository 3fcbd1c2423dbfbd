import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { endWith } from "../../src/cli/failure";
import { ConfigError } from "../../src/config";
import { startEmbeddedPostgres } from "../../src/postgres/embedded-postgres";
import { removeNow, removeWhenThisProcessEnds } from "../support/cleanup";
import { healing, runBatch, told, type Broken } from "./run";
import { FAULTS, POINTS, scheduleOf } from "./schedule";
import { DEADLINE_MS, openWorld } from "./world";

const HELP = `Lets faults happen to refunds, and checks what is promised about them.

  npm run chaos -- --seed 7 --schedules 1000 --gateway keyed|natural
  npm run chaos -- --only 700012 --gateway keyed     one schedule again, alone

Real servers are killed, held, and cut off from PostgreSQL, which crashes too; the shop fails, is silent, late, and
keeps a ledger of its own. It prints each broken promise with its schedule, and then exits with 1.
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
      gateway: { type: "string", default: "keyed" },
      only: { type: "string" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (values.gateway !== "keyed" && values.gateway !== "natural")
    throw new ConfigError("--gateway: must be keyed or natural");
  const whole = (name: "seed" | "schedules" | "only") => {
    const given = values[name] ?? "";
    if (/^\d{1,9}$/.test(given)) return Number(given);
    throw new ConfigError(`--${name}: must be a whole number`);
  };
  const first = whole("seed") * PER_SEED;
  const seeds =
    values.only === undefined
      ? Array.from({ length: whole("schedules") }, (_, place) => first + place)
      : [whole("only")];
  const broken = await inWorld(values.gateway === "keyed", seeds);
  process.exitCode = broken > 0 ? 1 : 0;
}

async function inWorld(isKeyed: boolean, seeds: readonly number[]): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-chaos-"));
  chmodSync(dir, 0o755); // PostgreSQL may have to run under another account
  removeWhenThisProcessEnds(dir);
  const postgres = await startEmbeddedPostgres(dir, { settings: { fsync: "off", max_connections: "100" } });
  const world = await openWorld({ databaseUrl: postgres.url, isKeyed });
  const start = Date.now();
  let broken = 0;
  for (let done = 0; done < seeds.length; done += AT_ONCE) {
    const schedules = seeds.slice(done, done + AT_ONCE).map((seed) => scheduleOf(seed, DEADLINE_MS));
    for (const each of await runBatch(world, schedules)) {
      broken += 1;
      process.stdout.write(describe(each));
    }
    const seconds = Math.round((Date.now() - start) / 1000);
    process.stderr.write(
      `${done + schedules.length} of ${seeds.length} schedules, ${broken} broken, ${seconds} s\n`,
    );
  }
  report(isKeyed, seeds, world.fired, broken);
  await world.close();
  await postgres.stop();
  await removeNow();
  return broken;
}

function describe({ invariant, detail, entitlementId, schedule, answers }: Broken): string {
  return `schedule ${schedule.seed} breaks ${invariant}: ${detail} (${entitlementId}; told ${answers.join(", ")})
  ${JSON.stringify(schedule)}\n`;
}

function report(isKeyed: boolean, seeds: readonly number[], fired: readonly string[], broken: number): void {
  const cells = new Map<string, number>();
  for (const cell of fired) cells.set(cell, (cells.get(cell) ?? 0) + 1);
  const all = (FAULTS.length - 1) * POINTS.length;
  process.stdout.write(
    `${isKeyed ? "keyed" : "natural"}, schedules ${seeds[0]} to ${seeds.at(-1)}: ${seeds.length} run, ` +
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
