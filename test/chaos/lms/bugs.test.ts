import { join } from "node:path";
import { createTestDatabase } from "../../support/database";
import { plant } from "../plant";
import { LMS_BUGS } from "./bugs";

jest.setTimeout(300_000);

test.each(LMS_BUGS)("the schedules for an LMS find the bug: $name", async (bug) => {
  // The harness runs within this process, on the compiled product that lies beside it.
  const { folder, remove } = plant(bug, ["test/chaos", "test/fake-edx", "test/support"]);
  const { LmsWorld } = require(join(folder, "test/chaos/lms/world.js")) as typeof import("./world");
  const { runSchedules } = require(join(folder, "test/chaos/lms/run.js")) as typeof import("./run");
  const database = await createTestDatabase("demo");
  const world = await LmsWorld.open(database.url);
  try {
    const broken = await runSchedules(world, [bug.schedule]);
    expect(broken.map(({ promise }) => promise)).toContain(bug.promise);
  } finally {
    await world.close();
    await database.drop();
    remove();
  }
});
