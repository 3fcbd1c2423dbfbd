import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { DataSource } from "typeorm";
import { postureFaults } from "../../src/proof/posture";
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

/** As a restore without triggers would. */
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

test("rows are compared across the bounds of what is read at once", async () => {
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

test("--help says what it does", async () => {
  expect((await command("--help")).stdout).toContain("npm run history:verify");
});

describe("what would let a change pass by history", () => {
  const faultsAfter = async (sql: string) => {
    await asSuperuser(sql, url);
    return postureFaults(db);
  };

  test("nothing does in a database that was only migrated", async () => {
    expect(await postureFaults(db)).toEqual([]);
  });

  test.each([
    [
      "a guard that is off",
      "alter table course_entitlement disable trigger guard",
      "guard does not always fire",
    ],
    [
      "triggers as a restore leaves them",
      "alter table refund disable trigger all; alter table refund enable trigger all",
      "trigger refund guard does not always fire",
    ],
    ["a guard that is gone", "drop trigger guard on refund", "trigger refund guard is missing"],
    [
      "a guard with another condition",
      `drop trigger guard on refund; create constraint trigger guard after insert or update or delete on refund
         deferrable initially deferred for each row when (false) execute function guard_refund();
       alter table refund enable always trigger guard`,
      "trigger refund guard is not as it was made",
    ],
    [
      "a guard that does nothing",
      `create or replace function guard_refund() returns trigger language plpgsql security definer
         as $$ begin return null; end $$`,
      "function guard_refund is not as it was made",
    ],
    [
      "a guard with the rights of whoever writes",
      "alter function guard_course_entitlement() security invoker",
      "function guard_course_entitlement is not as it was made",
    ],
    [
      "another clock",
      "create or replace function history_now() returns timestamptz volatile language sql return now() - interval '1 h'",
      "function history_now is not as it was made",
    ],
    [
      "a history that can be changed",
      "alter table historical_refund disable trigger append_only",
      "trigger historical_refund append_only does not always fire",
    ],
    [
      "a trigger of somebody else",
      `create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
       create trigger swallow before insert on historical_refund for each row execute function swallow()`,
      "trigger historical_refund swallow is not ours",
    ],
    ["a rule", "create rule r as on update to refund do instead nothing", "refund has rules"],
    ["row security", "alter table refund enable row level security", "refund has row security"],
    ["an heir", "create table heir () inherits (refund)", "refund has tables that inherit from it"],
    [
      "everybody's right to forge",
      "grant insert on historical_refund to public",
      "everybody may insert historical_refund",
    ],
    [
      "everybody's right to write the role",
      "grant insert (history_role) on historical_refund to public",
      "everybody may insert historical_refund.history_role",
    ],
    [
      "everybody's right to set the order",
      "grant update on history_id_seq to public",
      "may update history_id_seq",
    ],
  ])("%s", async (_, sql, fault) => {
    const faults = await faultsAfter(sql);
    expect(faults.join("\n")).toContain(fault);
    await expect(command()).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining(fault) as string,
    });
  });

  test("a sequence that would put new entries before old ones, as after the promotion of a replica", async () => {
    for (let times = 0; times < 3; times++) await grant(db);
    await asSuperuser("select setval('history_id_seq', 1, false)", url);
    expect(await postureFaults(db)).toEqual([
      expect.stringMatching(/^history_id_seq goes on with 1, but history has entries up to 3: .*setval/),
    ]);
    await asSuperuser("select setval('history_id_seq', 3)", url);
    expect(await postureFaults(db)).toEqual([]);
  });

  test("guard_history() makes anew what is not as it must be", async () => {
    await asSuperuser("alter table refund disable trigger all; drop trigger refuse_truncate on refund", url);
    await asSuperuser("select guard_history('refund'); alter table refund enable trigger refund_final", url);
    expect(await postureFaults(db)).toEqual([]);
  });
});
