import type { DataSource } from "typeorm";
import { withApp } from "../../src/compose";
import { loadConfig } from "../../src/config";
import { aStanding, daysAgo } from "../rules/standings";
import { openTestDatabase } from "../support/database";
import { runToEnd } from "../support/server-process";
import { idOf, insertStandings } from "../support/standings";

let db: DataSource;
let url: string;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, url, close } = await openTestDatabase());
  const standing = aStanding({ createdAt: daysAgo(1_000) });
  await db.transaction((tx) =>
    insertStandings(
      tx,
      [1, 2, 3].map(() => ({ standing, periods: null })),
    ),
  );
  await db.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not this one'; end $$;
    create trigger refuse before update on course_entitlement for each row
      when (old.id = '${idOf(1)}') execute function refuse()`);
});
afterAll(() => close());

const expire = (...args: string[]) => runToEnd("dist/src/cli/expire.js", { DATABASE_URL: url }, args);
const DUE = "3 due\n  EXPIRATION_PERIOD_OVER 3\n  CERTIFICATE_EARNED 0\n  REGAIN_PERIOD_OVER 0\n";

test("a dry run counts the due entitlements", async () => {
  expect(await expire("--dry-run")).toEqual({ status: 0, stdout: DUE, stderr: "" });
});

test("the command expires due entitlements, lists those that the database refused, and then exits with 1", async () => {
  const { status, stdout, stderr } = await expire("--commit");
  expect(status).toBe(1);
  expect(stdout).toMatch(`${DUE}${idOf(1)} not this one\n2 expired, 1 failed`);
  expect(stderr).toContain("3 of 3 entitlements");
  expect((await expire("--dry-run")).stdout).toMatch(/^1 due/);
});

test.each([[[]], [["--dry-run", "--commit"]]])(
  "the command requires --commit or --dry-run: %j",
  async (args) => {
    const { status, stderr } = await expire(...args);
    expect(status).toBe(1);
    expect(stderr).toContain("npm run expire -- --dry-run");
  },
);

test("a command that asks what a request does has no time limit", async () => {
  const limits = await withApp(loadConfig({ DATABASE_URL: url }), (app) =>
    app.db.query(
      "select name from pg_settings where name in ('statement_timeout', 'lock_timeout') and setting <> '0'",
    ),
  );
  expect(limits).toEqual([]);
});
