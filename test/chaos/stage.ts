import { createTestDatabase } from "../support/database";
import { scheduleOf, type Narrowing, type Schedule } from "./schedule";
import { DEADLINE_MS, openWorld, type Setting, type World } from "./world";

/** Builds a world on a copy of the demo world in the tests' own PostgreSQL. */
export async function openTestWorld(
  setting: Omit<Setting, "databaseUrl">,
): Promise<{ world: World; close: () => Promise<void> }> {
  const database = await createTestDatabase("demo");
  const world = await openWorld({ databaseUrl: database.url, ...setting });
  return {
    world,
    async close() {
      await world.close();
      await database.drop();
    },
  };
}

/** So many schedules, from a seed on. */
export function schedulesFrom(first: number, count: number, narrowing: Narrowing): Schedule[] {
  return Array.from({ length: count }, (_, place) => scheduleOf(first + place, DEADLINE_MS, narrowing));
}
