import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../../src/postgres/embedded-postgres";
import { fillDemoWorld } from "../../src/demo/world";
import { appOn } from "./app";
import { createTemplates } from "./database";
import { removeWhenThisProcessEnds } from "./cleanup";

/** Faster, as its data need not survive; and able to show what really changed, for comparisons with the history. */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "200",
  wal_level: "logical",
  max_prepared_transactions: "20",
};

/** One PostgreSQL and the templates for all tests of a run: the one of TEST_DATABASE_URL, or its own. */
export default async function globalSetup(): Promise<void> {
  if (!process.env["TEST_DATABASE_URL"]) {
    const dir = mkdtempSync(join(tmpdir(), "course-entitlements-test-"));
    chmodSync(dir, 0o755); // PostgreSQL may have to run under another account
    removeWhenThisProcessEnds(dir);
    const postgres = await startEmbeddedPostgres(dir, { settings: SETTINGS });
    process.env["TEST_DATABASE_URL"] = postgres.url;
  }
  await createTemplates(async (db) => {
    const app = appOn(db);
    await fillDemoWorld(app);
    await app.committer.settle();
  });
}
