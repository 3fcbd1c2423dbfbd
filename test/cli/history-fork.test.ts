import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DataSource } from "typeorm";
import { Committer } from "../../src/history/committer";
import { signCheckpoint } from "../../src/proof/notes/signer";
import { Sealer } from "../../src/proof/sealed/sealer";
import { addPeople, grant } from "../history/world";
import { newSigner } from "../proof/signers";
import { openTestDatabase } from "../support/database";
import { runToEnd } from "../support/server-process";

const signer = newSigner("history.example");
const dir = mkdtempSync(join(tmpdir(), "fork-"));
const kept = join(dir, "kept.txt");
let database: { db: DataSource; url: string; close: () => Promise<void> };
beforeAll(async () => {
  database = await openTestDatabase();
  await addPeople(database.db);
  await grant(database.db);
  await new Committer(database.db).settle(true);
  await new Sealer(database.db, () => signer).seal();
  writeFileSync(kept, signCheckpoint(signer, { size: 5, root: Buffer.alloc(32, 7) }));
});
afterAll(async () => {
  await database.close();
  rmSync(dir, { recursive: true });
});

const cli = (name: string, ...args: string[]) =>
  runToEnd(`dist/src/cli/history/${name}.js`, { DATABASE_URL: database.url }, args);
const prove = () => cli("prove", "--checkpoints", kept, "--key", signer.vkey);

test("after a restore, history:prove fails beside a later checkpoint until it is given up with a reason, which it tells", async () => {
  const before = await prove();
  expect(before.stdout).toContain("the checkpoint of 5 entries in");
  expect(before.status).toBe(1);
  const adopted = await cli(
    "history-adopt",
    "--fork",
    "the disk was lost",
    "--checkpoints",
    kept,
    "--key",
    signer.vkey,
  );
  expect([adopted.status, adopted.stdout]).toEqual([0, "1 of 1 kept checkpoints are given up.\n"]);
  const after = await prove();
  expect(after.stdout).toMatch(/^the checkpoint of 5 entries was given up by \w+ at .*: the disk was lost$/m);
  expect(after.status).toBe(0);
});

test("history:prove compares the files that HISTORY_WITNESSES names, and tells which are not on this machine", async () => {
  const other = join(dir, "other.txt");
  writeFileSync(other, signCheckpoint(signer, { size: 4, root: Buffer.alloc(32, 7) }));
  const HISTORY_WITNESSES = `${pathToFileURL(other).href},file:///nowhere/kept.txt`;
  const environment = { DATABASE_URL: database.url, HISTORY_WITNESSES };
  const proven = await runToEnd("dist/src/cli/history/prove.js", environment, ["--key", signer.vkey]);
  expect(proven.stdout).toContain(`the checkpoint of 4 entries in ${other}`);
  expect(proven.stderr).toContain("/nowhere/kept.txt is not on this machine");
  expect(proven.status).toBe(1);
});

test("nothing is given up without a reason, or without naming what", async () => {
  for (const args of [
    ["--fork", "x"],
    ["--checkpoints", kept],
    ["--fork", " ", "--checkpoints", kept],
  ]) {
    const { status, stderr } = await cli("history-adopt", ...args);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^--fork/)]);
  }
});
