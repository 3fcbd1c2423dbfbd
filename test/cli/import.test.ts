import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { AS_OF, broken, DUMP } from "../moving/importing";
import { openTestDatabase } from "../support/database";
import { killLeftovers, run, runToEnd, said } from "../support/server-process";
import { untilSomebodyWaits } from "../support/waiting";

const folder = mkdtempSync(join(tmpdir(), "course-entitlements-import-"));
let opened: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(async () => {
  killLeftovers();
  rmSync(folder, { recursive: true });
  await opened.close();
});

const FILE = "dist/src/cli/moving/import.js";
const FROM = ["--from", DUMP, "--as-of", `${AS_OF.slice(0, 19).replace(" ", "T")}Z`];
const importing = (...args: string[]) => runToEnd(FILE, { DATABASE_URL: opened.url }, args);

test("a dry run tells what an import would do", async () => {
  const { status, stdout, stderr } = await importing(...FROM, "--dry-run");
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/rows stored/) as string });
  expect(stdout).toMatch(/entitlements_courseentitlement: 5 read, 4 new/);
  expect(stdout).toMatch(/1 refused: created is no instant of the years 1 to 9999/);
  expect(stdout).toMatch(/It was a dry run: nothing is stored\.\n$/);
  expect(await opened.db.query("select 1 from course_entitlement")).toEqual([]);
});

test("an import that was killed goes on where it stopped, and no other one can run beside it", async () => {
  const other = new Client({ connectionString: opened.url });
  await other.connect();
  await other.query("begin; lock table course_entitlement_support_detail in exclusive mode");
  const first = run(FILE, { DATABASE_URL: opened.url }, FROM);
  await untilSomebodyWaits(opened);
  expect((await other.query("select 1 from course_entitlement")).rowCount).toBe(4);
  expect((await importing(...FROM)).stderr).toBe("Another import into this database is running\n");
  first.child.kill("SIGKILL");
  await first.exited;
  await other.query("commit");
  await other.end();

  const report = join(folder, "report.jsonl");
  const second = run(FILE, { DATABASE_URL: opened.url }, [...FROM, "--report", report]);
  await said(second, /Goes on with the import that was interrupted, as of 2026-06-01T12:00:00.000Z/);
  expect(await second.exited).toBe(0);
  expect(second.stdout()).toMatch(/entitlements_courseentitlement: 5 read, 4 new/);
  const notes = readFileSync(report, "utf8").trimEnd().split("\n");
  expect(notes.map((line) => JSON.parse(line) as unknown)).toContainEqual({
    table: "entitlements_courseentitlementsupportdetail",
    row: "4",
    outcome: "refused",
    reason: "entitlement_id 5 was not imported",
  });
  expect(await opened.db.query("select 1 from course_entitlement_support_detail")).toHaveLength(3);
  expect(await broken(opened.db)).toEqual([]);
});

test("a source that cannot be read is told in a line", async () => {
  expect(await importing("--from", "no/such")).toEqual({
    status: 1,
    stdout: "",
    stderr: "no/such is neither a folder nor a URL such as mysql://user@host/edxapp\n",
  });
});
