import { runSchedules } from "./run";
import type { LmsSchedule } from "./schedule";
import { LmsWorld } from "./world";

/** Runs a schedule, given as JSON after the address of a database, and prints the promises that it breaks as JSON. */
async function main(databaseUrl: string, schedule: string): Promise<void> {
  const world = await LmsWorld.open(databaseUrl);
  try {
    const broken = await runSchedules(world, [JSON.parse(schedule) as LmsSchedule]);
    process.stdout.write(JSON.stringify(broken.map(({ promise }) => promise)));
  } finally {
    await world.close();
  }
}

void main(process.argv[2]!, process.argv[3]!);
