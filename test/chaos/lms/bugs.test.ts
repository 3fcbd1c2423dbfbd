import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createTestDatabase } from "../../support/database";
import { plant } from "../plant";
import { LMS_BUGS } from "./bugs";

jest.setTimeout(300_000);

test.each(LMS_BUGS)("the schedules for an LMS find the bug: $name", async (bug) => {
  // The harness comes with the product that it judges, in a process of their own: other test files of this worker would
  // find the types of a second product among those of GraphQL.
  const { folder, remove } = plant(bug, ["test/chaos", "test/fake-edx", "test/support"]);
  const database = await createTestDatabase("demo");
  try {
    const program = join(folder, "test/chaos/lms/broken.js");
    const given = [program, database.url, JSON.stringify(bug.schedule)];
    const { stdout } = await promisify(execFile)(process.execPath, given);
    expect(JSON.parse(stdout)).toContain(bug.promise);
  } finally {
    await database.drop();
    remove();
  }
});
