import { intervalOf } from "../../src/cli/history/age";
import { useDemoApp } from "../support/demo-app";
import { runToEnd } from "../support/server-process";

const app = useDemoApp();
const { db } = app;
const retain = (...args: string[]) =>
  runToEnd("dist/src/cli/history/retain.js", { DATABASE_URL: (db.options as { url: string }).url }, args);
const reason = ["--reason", "the law wants it"];

test.each(["", "7", "0y", "1000y", "7 y", "7w", "-7y", "7y1"])("%j is no age", (age) => {
  expect(() => intervalOf(age)).toThrow("--older-than: takes an age, such as 90d, 18mo or 7y");
});

test.each(["1d", "29d", "1mo"])("%s is less than 30 days, and no age for a retention", (age) => {
  expect(() => intervalOf(age)).toThrow("--older-than: takes at least 30 days, or 2 months");
});

test.each([
  ["30d", "30 days"],
  ["2mo", "2 months"],
  ["18mo", "18 months"],
  ["1y", "1 years"],
  ["7y", "7 years"],
])("an age of %s is the interval %s", (age, interval) => {
  expect(intervalOf(age)).toBe(interval);
});

test.each([
  [["--older-than", "29d", ...reason], "--older-than: takes at least 30 days"],
  [["--older-than", "7y", "--reason", " "], "--reason: takes 1 to 2000 characters"],
  [["--older-than", "7y", "--reason", "\u2800"], "--reason: takes 1 to 2000 characters"],
])("the command takes an age of at least 30 days and a reason: %j", async (args, told) => {
  const { status, stderr } = await retain(...args);
  expect(status).toBe(1);
  expect(stderr).toContain(told);
});

test("the command says of how many entries, beforehand and afterwards, and finds nothing the second time", async () => {
  await app.committer.settle(true);
  const dry = await retain("--older-than", "90d", ...reason, "--dry-run");
  expect(dry).toMatchObject({ status: 0, stderr: "" });
  expect(dry.stdout).toMatch(
    /^Would remove the personal texts of entries from before [-\w:.]+:\n {2}\d+ of COURSE_ENTITLEMENT\n/,
  );
  const sql = "select count(*)::int as erasures from history_erasure";
  expect(await db.query(sql)).toEqual([{ erasures: 0 }]);
  const done = await retain("--older-than", "90d", ...reason);
  expect(done.status).toBe(0);
  const counts = (text: string) => text.split("\n").slice(1);
  expect(counts(done.stdout)).toEqual(counts(dry.stdout));
  expect(done.stderr).toMatch(/ entries, \d+ s(, \d+\/s)?\n$/);
  expect((await retain("--older-than", "90d", ...reason)).stdout).toMatch(
    /^History says nothing from before [-\w:.]+ that could be removed\.\n$/,
  );
});
