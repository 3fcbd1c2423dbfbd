import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSource } from "typeorm";
import { HISTORIES } from "../../src/history/settle";
import { addPeople, grant } from "../history/world";
import { newSigner } from "../proof/signers";
import { openTestDatabase } from "../support/database";
import { killLeftovers, runToEnd } from "../support/server-process";

const folder = mkdtempSync(join(tmpdir(), "away-from-home-"));
const { vkey } = newSigner("history.example");
const partOf = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
writeFileSync(join(folder, "token"), `${partOf({ alg: "none" })}.${partOf({ administrator: true })}.`);

/** The programs of src/cli that may write, or that say whether a server would start. */
const REFUSING = [
  "checks/config-check",
  "compare/compare --token $FOLDER/token",
  "demo --learners 1",
  "expire --commit",
  "history/erase 1 --reason 4711",
  "history/retain --older-than 7y --reason 4711",
  "lms/sync --all",
  "migrate up",
  "migrate down --discard-data",
  "moving/import --from test/moving/dump",
];
const READING = [
  "history-verify",
  "history/proof 1",
  "history/prove --key $VKEY",
  "moving/export --to $FOLDER/export",
  "refunds-check",
];
const WITHOUT_DATABASE = ["docs", "history/check-proof", "history/witness", "schema", "token"];

let db: DataSource;
let settings: Record<string, string>;
let close: () => Promise<void>;
beforeAll(async () => {
  const opened = await openTestDatabase();
  ({ db, close } = opened);
  await addPeople(db);
  for (let times = 0; times < 3; times++) await grant(db);
  // As a logical replica has it that was promoted: rows are replicated, sequences are not.
  await db.query("select setval('history_id_seq', 1, false)");
  settings = {
    DATABASE_URL: opened.url,
    LMS_URL: "http://127.0.0.1:2",
    DISCOVERY_URL: "http://127.0.0.1:2",
    OAUTH_CLIENT_ID: "x",
    OAUTH_CLIENT_SECRET: "x",
  };
});
afterAll(async () => {
  killLeftovers();
  rmSync(folder, { recursive: true });
  await close();
});

/** Runs a program, which must not write history. */
async function runOf(command: string) {
  const [name, ...args] = command.replace("$FOLDER", folder).replace("$VKEY", vkey).split(" ");
  const entries = () =>
    db.query(HISTORIES.map((table) => `select '${table}', history_id from ${table}`).join(" union all "));
  const before = await entries();
  const said = await runToEnd(`dist/src/cli/${name!}.js`, settings, args);
  expect(await entries()).toEqual(before);
  return said;
}
const DONE =
  /entries read in|entries and 0 kept checkpoints compared|There is no sealed entry 1|entitlement: 3 rows|refunds read/;
const REFUSAL =
  /history_id_seq goes on with 1, but history has entries up to \d+: .* Run npm run history:adopt/;

test.each(REFUSING)("%s refuses where history cannot go on, and says what to do", async (command) => {
  const { status, stdout, stderr } = await runOf(command);
  expect(`${stderr}${stdout}`).toMatch(REFUSAL);
  expect(status).not.toBe(0);
});

test.each(READING)("%s also reads where history cannot go on", async (command) => {
  const { stdout, stderr } = await runOf(command);
  expect(stderr).not.toMatch(REFUSAL);
  expect(`${stdout}${stderr}`).toMatch(DONE);
});

test("every program that uses the database is listed here, but for the one that lets history go on", () => {
  const programs = readdirSync("src/cli", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({
      name: file.slice(0, -".ts".length),
      text: readFileSync(join("src/cli", file), "utf8"),
    }))
    .filter(({ text }) => !/^export /m.test(text));
  const listed = new Set([...REFUSING, ...READING].map((command) => command.split(" ")[0]));
  const unlisted = programs.filter(({ name }) => !listed.has(name));
  expect(unlisted.map(({ name }) => name).toSorted()).toEqual(
    [...WITHOUT_DATABASE, "history/history-adopt"].toSorted(),
  );
  for (const { name, text } of unlisted)
    if (WITHOUT_DATABASE.includes(name))
      expect([name, text]).toEqual([name, expect.not.stringMatching(/compose(\/.*database)?"/)]);
});
