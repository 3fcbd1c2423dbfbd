import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../../../ormconfig";
import { fillDemoWorld } from "../../../src/demo/world";
import { migrateUp } from "../../../src/store/schema/migrate";
import { appOn } from "../../support/app";
import type { Broken } from "./judge";
import { runSchedules } from "./run";
import { lmsScheduleOf, STEPS, type LmsSchedule } from "./schedule";
import { LmsWorld } from "./world";

/** History and refunds are checked for so many schedules at once. */
const AT_ONCE = 50;

/** Runs the schedules of some seeds, and prints what they have broken. Returns how many promises are broken. */
export async function reportLms(databaseUrl: string, seeds: readonly number[]): Promise<number> {
  await fill(databaseUrl);
  const world = await LmsWorld.open(databaseUrl);
  const start = Date.now();
  const broken: Broken[] = [];
  for (let done = 0; done < seeds.length; done += AT_ONCE) {
    const schedules = seeds.slice(done, done + AT_ONCE).map(lmsScheduleOf);
    await runSchedules(world, schedules, (found) => {
      broken.push(...found);
      for (const { promise, detail, schedule } of found)
        process.stdout.write(`schedule ${schedule.seed} breaks ${promise}: ${detail}\n`);
    });
    const seconds = Math.round((Date.now() - start) / 1000);
    process.stderr.write(
      `${done + schedules.length} of ${seeds.length} schedules, ${broken.length} broken, ${seconds} s\n`,
    );
  }
  if (broken[0]) process.stdout.write(describe(await smallest(world, broken)));
  const cells = new Map<string, number>();
  for (const step of world.fired) cells.set(step, (cells.get(step) ?? 0) + 1);
  process.stdout.write(
    `lms, schedules ${seeds[0]} to ${seeds.at(-1)}: ${seeds.length} run, ${broken.length} promises broken\n` +
      STEPS.map((step) => `  ${step} ${cells.get(step) ?? 0}\n`).join(""),
  );
  await world.close();
  return broken.length;
}

async function fill(databaseUrl: string): Promise<void> {
  await migrateUp(migrationOptions(databaseUrl));
  const db = await new DataSource(dataSourceOptions(databaseUrl)).initialize();
  await fillDemoWorld(appOn(db));
  await db.destroy();
}

const sizeOf = ({ faults, others, given, step }: LmsSchedule) =>
  faults.length + others.length + given.length + Number(step !== "none");

/** The schedule with the fewest events that still breaks a promise: one that was run, with all left out that can be. */
async function smallest(world: LmsWorld, broken: readonly Broken[]): Promise<Broken> {
  let [least] = broken.toSorted((one, other) => sizeOf(one.schedule) - sizeOf(other.schedule)) as [Broken];
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const schedule of without(least.schedule)) {
      const [still] = await runSchedules(world, [schedule]);
      if (!still) continue;
      least = still;
      isSmaller = true;
      break;
    }
  }
  return least;
}

/** The schedules with one event less. */
function without(schedule: LmsSchedule): LmsSchedule[] {
  const { faults, others, given, step } = schedule;
  const less = <T>(list: readonly T[]) => list.map((_, place) => list.toSpliced(place, 1));
  return [
    ...(step === "none" ? [] : [{ ...schedule, step: "none" as const }]),
    ...less(others).map((left) => ({ ...schedule, others: left })),
    ...less(faults).map((left) => ({ ...schedule, faults: left })),
    ...less(given)
      .slice(1)
      .map((left) => ({ ...schedule, given: left })),
  ];
}

function describe({ promise, detail, schedule, story }: Broken): string {
  return `The smallest reproduction, from schedule ${schedule.seed}, breaks ${promise}: ${detail}
  ${JSON.stringify(schedule)}\n${story.map((line) => `  ${line}\n`).join("")}`;
}
