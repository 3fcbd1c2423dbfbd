import { runBatch } from "./run";
import { FAULTS, scheduleOf, type ShopKind } from "./schedule";
import { openTestWorld, schedulesFrom } from "./stage";
import { DEADLINE_MS } from "./world";

jest.setTimeout(900_000);

/** To run more schedules: `SCHEDULES=100 npx jest dist/test/chaos/chaos.test.js`, or `npm run chaos`. */
const SCHEDULES = Number(process.env["SCHEDULES"] ?? 8);
/** All faults except a crash of PostgreSQL, which other tests use too; `npm run chaos` has its own. */
const GENTLE = FAULTS.filter((fault) => fault !== "crash");

// The worlds mostly wait, so they run side by side.
test.concurrent.each<[ShopKind, number]>([
  ["keyed", 100],
  ["natural", 200],
  ["webhook", 300],
])("schedules of faults with a %s shop violate no invariant", async (kind, first) => {
  const { world, close } = await openTestWorld({ kind });
  try {
    expect(await runBatch(world, schedulesFrom(first, SCHEDULES, { faults: GENTLE, kind }))).toEqual([]);
    expect(world.fired.length).toBeGreaterThan(SCHEDULES / 6);
  } finally {
    await close();
  }
});

test("a seed makes the same schedule each time", () => {
  for (const seed of [1, 100, 700_012])
    expect(scheduleOf(seed, DEADLINE_MS)).toEqual(scheduleOf(seed, DEADLINE_MS));
  expect(scheduleOf(1, DEADLINE_MS)).not.toEqual(scheduleOf(2, DEADLINE_MS));
});
