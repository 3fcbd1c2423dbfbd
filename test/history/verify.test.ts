import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { DataSource } from "typeorm";
import { asSuperuser, openTestDatabase } from "../support/database";
import { addPeople, broken, grant } from "./world";

const execute = promisify(execFile);

let db: DataSource;
let url: string;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ db, url, close } = await openTestDatabase());
  await addPeople(db);
});
afterEach(() => close());

const command = (...args: string[]) =>
  execute(process.execPath, ["dist/src/cli/history-verify.js", ...args], {
    env: { ...process.env, DATABASE_URL: url },
  });

/** Writes rows like a restore without triggers. */
const unguarded = (sql: string) =>
  asSuperuser(
    `alter table course_entitlement disable trigger all; ${sql}; alter table course_entitlement enable trigger all;
     alter table course_entitlement enable always trigger guard, enable always trigger refuse_truncate`,
    url,
  );

test("a database whose rows equal their newest history entries has no faults", async () => {
  await grant(db);
  const { stdout } = await command();
  expect(stdout).toMatch(/^0 broken rows; 1 history entries read/m);
});

test("each row that differs from its newest entry is listed with the difference", async () => {
  const [changed, gone, back] = [await grant(db), await grant(db), await grant(db)];
  const other = "f0000000-0000-4000-8000-000000000001";
  await db.query("delete from course_entitlement where id = $1", [back.id]);
  await unguarded(`
    update course_entitlement set mode = 'x', refund_locked = true where id = '${changed.id}';
    delete from course_entitlement where id = '${gone.id}';
    insert into course_entitlement (id, user_id, course_uuid, mode, created_at, modified_at)
      select id::uuid, 1, id::uuid, 'verified', now(), now() from unnest(array['${back.id}', '${other}']) id`);
  const table = "course_entitlement";
  expect(new Set(await broken(db))).toEqual(
    new Set([
      { table, id: changed.id, fault: "differs from its newest entry in mode, refund_locked" },
      { table, id: gone.id, fault: "does not exist, but its newest entry is not a deletion" },
      { table, id: back.id, fault: "exists, but its newest entry is a deletion" },
      { table, id: other, fault: "has no history" },
    ]),
  );
  const failure = await command().catch((error: unknown) => error as { code: number; stdout: string });
  expect(failure).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`${table} ${other} has no history\n`) as string,
  });
});

test("rows are compared across the limits of the batches", async () => {
  await asSuperuser(
    `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
     select 1, gen_random_uuid(), 'verified', now(), now() from generate_series(1, 21000)`,
    url,
  );
  expect(await broken(db)).toEqual([]);
  await unguarded(
    "update course_entitlement set mode = 'x' where id in (select id from course_entitlement order by id limit 3)",
  );
  await unguarded(
    "delete from course_entitlement where id in (select id from course_entitlement order by id desc limit 3)",
  );
  const faults = (await broken(db)).map(({ fault }) => fault.split(" ")[0]);
  expect(faults).toEqual(["differs", "differs", "differs", "does", "does", "does"]);
});

test("--help describes the command", async () => {
  expect((await command("--help")).stdout).toContain("npm run history:verify");
});

test("whatever would let a change bypass the history is reported too, and the command exits with 1", async () => {
  await asSuperuser("alter table refund disable trigger guard", url);
  await expect(command()).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^trigger refund guard does not always fire\n0 broken rows/) as string,
  });
});
