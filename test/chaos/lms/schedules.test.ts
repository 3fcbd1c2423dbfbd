import { createTestDatabase } from "../../support/database";
import { runSchedules } from "./run";
import { CELLS, lmsScheduleOf } from "./schedule";
import { LmsWorld } from "./world";

jest.setTimeout(300_000);

/** To run more schedules: `SCHEDULES=1000 npx jest dist/test/chaos/lms`, or `npm run chaos -- --system lms`. */
const SCHEDULES = Number(process.env["SCHEDULES"] ?? 40);

test("schedules of faults between us and an LMS break no promise", async () => {
  const database = await createTestDatabase("demo");
  const world = await LmsWorld.open(database.url);
  try {
    const schedules = Array.from({ length: SCHEDULES }, (_, place) => lmsScheduleOf(place));
    const broken = await runSchedules(world, schedules);
    expect(broken.map(({ promise, detail, schedule }) => `${schedule.seed} ${promise}: ${detail}`)).toEqual(
      [],
    );
    expect(world.fired.length).toBeGreaterThan(SCHEDULES / 3);
  } finally {
    await world.close();
    await database.drop();
  }
});

test("neighbouring seeds go through every step with every answer, and a seed makes the same schedule each time", () => {
  const cells = CELLS.map((_, seed) => lmsScheduleOf(seed)).map(
    ({ step, faults: [first] }) => `${step} ${first!.method} ${first!.answer}`,
  );
  expect(new Set(cells).size).toBe(CELLS.length);
  expect(lmsScheduleOf(7)).toEqual(lmsScheduleOf(7));
});
