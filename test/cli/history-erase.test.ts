import { openTestDatabase } from "../support/database";
import { runToEnd } from "../support/server-process";

let database: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  database = await openTestDatabase();
  const { db } = database;
  await db.query("insert into user_account (id, username, name) values (1, 'ada', 'Ada Lovelace')");
  await db.query(
    `begin; select set_config('history.user', 'ada', true), set_config('history.user_id', '1', true);
     insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
       values (1, gen_random_uuid(), 'verified', now(), now()); commit`,
  );
});
afterAll(() => database.close());

const erase = (...args: string[]) =>
  runToEnd("dist/src/cli/history/erase.js", { DATABASE_URL: database.url }, args);

test.each([
  [[]],
  [["ada", "--reason", "x"]],
  [["1"]],
  [["1", "2", "--reason", "x"]],
  [["1", "--reason", " "]],
  [["1", "--reason", "\u200b"]],
])("the command takes one LMS user id and a reason: %j", async (args) => {
  const { status, stderr } = await erase(...args);
  expect(status).toBe(1);
  expect(stderr).toMatch(/name one account by its LMS user id|--reason: takes 1 to 2000 characters/);
});

test("the command forgets a user, says of how many entries, and finds nothing the second time", async () => {
  const told = "Erased what 1 entries of history said of the account 1.\n";
  expect(await erase("1", "--reason", "request 4711")).toEqual({ status: 0, stdout: told, stderr: "" });
  const [row] = await database.db.query<[{ label: string; username: string }]>(
    `select history_user_label as label, username from historical_course_entitlement, user_account limit 1`,
  );
  expect(row).toEqual({ label: "erased", username: "retired__user_1" });
  expect((await erase("1", "--reason", "request 4711")).stdout).toMatch(
    /^History says nothing of the account 1/,
  );
});
