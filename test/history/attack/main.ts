import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startProgress } from "../../../src/cli/progress";
import { startEmbeddedPostgres } from "../../../src/postgres/embedded-postgres";
import { removeNow, removeWhenThisProcessEnds } from "../../support/cleanup";
import { ATTACKS, UNSEEN, type Attack } from "./attacks";
import { FURTHER } from "./further";
import { honestStorm } from "./honest";
import { judge } from "./judge";
import { Stage } from "./stage";

const HELP = `Attacks copies of a sealed history, of which two checkpoints were kept elsewhere, as a superuser of the database could. After
each attack the server goes on with honest changes and seals them; then history:prove must tell that something is wrong.

  npm run history:attack -- [--honest 20] [--seed 1] [--only WORDS]

  --honest  how many storms of honest changes follow: with two-phase commit, savepoints and lost clients. history:prove must
            tell nothing. For kills, replicas, dump and restore see history:storm
  --seed    decides what happens in the first storm; the next ones have the next numbers
  --only    runs only the attacks whose name has these words

Attacks that leave no trace in any table are named as such. It exits with 1 if another one is not seen, or an honest storm
is taken for an attack. It runs on a PostgreSQL of its own.
`;
const SETTINGS = { fsync: "off", max_prepared_transactions: "10", allow_system_table_mods: "on" };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      honest: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
      only: { type: "string", default: "" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const [storms, seed] = [Number(values.honest), Number(values.seed)];
  if (!Number.isSafeInteger(storms) || storms < 0) throw new Error("--honest: must be a whole number from 0");
  if (!Number.isSafeInteger(seed)) throw new Error("--seed: must be a whole number");
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-attack-"));
  chmodSync(dir, 0o755); // PostgreSQL may have to run under another account
  removeWhenThisProcessEnds(dir);
  const postgres = await startEmbeddedPostgres(dir, { settings: SETTINGS });
  try {
    const stage = new Stage(postgres.url);
    await stage.prepare();
    const missed = await attackAll(stage, values.only);
    const alarms = await stormAll(stage, storms, seed);
    if (missed + alarms > 0) process.exitCode = 1;
  } finally {
    await postgres.stop();
    await removeNow();
  }
}

/** Prints what is seen of each attack. Returns how many were missed. */
async function attackAll(stage: Stage, only: string): Promise<number> {
  const kinds: [title: string, attacks: readonly Attack[]][] = [
    ["Attacks that must be seen", ATTACKS],
    ["Further attacks that must be seen", FURTHER],
    ["Honestly not seen", UNSEEN],
  ];
  let missed = 0;
  for (const [title, attacks] of kinds) {
    process.stdout.write(`\n${title}\n`);
    for (const [place, attack] of attacks.entries()) {
      if (!attack.name.includes(only)) continue;
      const { faults, stopped } = await judge(stage, attack);
      const isMissed = faults.length === 0 && attacks !== UNSEEN;
      if (isMissed) missed += 1;
      const told = faults[0] ?? (isMissed ? "NOT SEEN" : "no trace");
      const also = stopped === null ? "" : ` (the server cannot go on: ${stopped})`;
      process.stdout.write(`${String(place + 1).padStart(3)}  ${attack.name}\n       ${told}${also}\n`);
    }
  }
  process.stdout.write(`\n${missed} attacks were not seen.\n`);
  return missed;
}

/** Returns how many storms of honest changes were taken for an attack. */
async function stormAll(stage: Stage, storms: number, seed: number): Promise<number> {
  const onProgress = startProgress(storms, "honest storms");
  let alarms = 0;
  for (let storm = 1; storm <= storms; storm++) {
    const faults = await honestStorm({ stage, seed: seed + storm - 1 });
    if (faults.length > 0) alarms += 1;
    for (const fault of faults) process.stdout.write(`storm ${seed + storm - 1}: ${fault}\n`);
    onProgress(storm);
  }
  process.stdout.write(`${alarms} false alarms in ${storms} honest storms.\n`);
  return alarms;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
