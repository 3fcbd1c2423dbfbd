import { join } from "node:path";
import { BUGS } from "./bugs";
import { plant } from "./plant";
import { runBatch } from "./run";
import { openTestWorld, schedulesFrom } from "./stage";

jest.setTimeout(900_000);

// The worlds mostly wait, so they run side by side.
test.concurrent.each(BUGS)("the harness finds the bug: $name", async (bug) => {
  const { folder, remove } = plant(bug);
  const main = join(folder, "src", "main.js");
  const { world, close } = await openTestWorld({ kind: "keyed", main, servers: 1 });
  try {
    if (bug.sql) await world.app.db.query(bug.sql);
    const broken = await runBatch(world, schedulesFrom(300, 24, bug.narrowing));
    const found = broken.map(({ invariant }) => invariant.split(" ")[0]);
    expect(found).toEqual(expect.arrayContaining(bug.invariants));
  } finally {
    await close();
    remove();
  }
});
