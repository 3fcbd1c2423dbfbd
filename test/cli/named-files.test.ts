import { createTestDatabase, type TestDatabase } from "../support/database";
import { newSigner } from "../proof/signers";
import { runToEnd } from "../support/server-process";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const HISTORY = newSigner("history.example").vkey;
/** A path that no file can have, as its folder is a file. */
const NO = "package.json/x";

test.each([
  ["compare/compare", "--lms", "http://127.0.0.1:2", "--token", NO],
  ["history/check-proof", NO, "--key", HISTORY],
  ["history/history-adopt", "--fork", "restored", "--key", HISTORY, "--checkpoints", NO],
  ["history/prove", "--key", HISTORY, "--checkpoints", NO],
  ["history/witness", "--name", "a", "--data", ".", "--history", HISTORY, "--key", NO],
  ["moving/export", "--to", NO],
  ["moving/export", `--to=./${NO}`],
  ["moving/import", "--from", NO],
  ["moving/import", "--from", "test/moving/dump", "--report", NO],
])("a file that cannot be used is told in one line by %s %s %s", async (command, ...args) => {
  const { status, stdout, stderr } = await runToEnd(
    `dist/src/cli/${command}.js`,
    { DATABASE_URL: database.url },
    args,
  );
  expect({ status, stdout }).toEqual({ status: command.startsWith("compare") ? 2 : 1, stdout: "" });
  expect(stderr).toMatch(/^[^\n]*package\.json\/x[^\n]*\n$/);
});
