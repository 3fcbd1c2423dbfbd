import { Client } from "pg";
import type { DataSource } from "typeorm";
import { asSuperuser, openTestDatabase } from "../support/database";
import { addPeople, broken, entriesOf, grant } from "./world";

const ROLE = `clerk_of_doors_${process.pid}`;

let db: DataSource;
let url: string;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, url, close } = await openTestDatabase());
  await addPeople(db);
  await asSuperuser(
    `create role ${ROLE} login password 'clerk'; grant update, select, delete on course_entitlement to ${ROLE}`,
    url,
  );
});
afterAll(async () => {
  expect(await broken(db)).toEqual([]);
  await asSuperuser(`drop owned by ${ROLE}; drop role ${ROLE}`, url);
  await close();
});

/** Runs statements in one transaction, as a role that may change entitlements and nothing else. */
async function asClerk(...statements: string[]): Promise<void> {
  const client = new Client({
    connectionString: Object.assign(new URL(url), { username: ROLE, password: "clerk" }).href,
  });
  await client.connect();
  try {
    for (const sql of ["begin", ...statements, "commit"]) await client.query(sql);
  } finally {
    await client.end();
  }
}

test("only the owner of the tables can tell the guard that history is already recorded", async () => {
  const { id } = await grant(db);
  await asClerk(
    "select set_config('history.covered', pg_current_xact_id()::text, true)",
    `update course_entitlement set refund_locked = true where id = '${id}'`,
  );
  expect((await entriesOf(db, id)).at(-1)).toMatchObject({
    refund_locked: true,
    history_user_label: `database:${ROLE}`,
    history_role: ROLE,
  });
});

test("a role without the right to write history cannot sign with another name, which is kept as a claim", async () => {
  const { id } = await grant(db);
  await asClerk(
    `select set_config('history.user', 'hopper', true), set_config('history.user_id', '3', true), set_config('history.user_role', 'STAFF', true),
       set_config('history.reason', 'setRefundLock', true)`,
    `update course_entitlement set refund_locked = true where id = '${id}'`,
  );
  expect((await entriesOf(db, id)).at(-1)).toMatchObject({
    history_user_label: `database:${ROLE}`,
    history_claimed_label: "hopper",
    history_user_id: null,
    history_user_role: null,
    history_source: "DATABASE",
    history_role: ROLE,
  });
});

test("every entry has the database role that was logged in, whatever the author is", async () => {
  const { id } = await grant(db);
  const [{ role }] = await db.query<[{ role: string }]>("select session_user as role");
  expect(await entriesOf(db, id)).toMatchObject([
    { history_user_label: "grace", history_role: role, history_claimed_label: null },
  ]);
});

test("the guard of a table records no row of another one, whoever has made a trigger of it", async () => {
  const { id } = await grant(db);
  const swap = (makeTrigger: string) =>
    asClerk(
      `create temp table copy as select * from course_entitlement where id = '${id}'`,
      makeTrigger,
      `delete from course_entitlement where id = '${id}'`,
      "update copy set order_number = 'EDX-FORGED', user_id = 2",
      "delete from copy",
    );
  const trigger =
    "create trigger guard after delete on copy for each row execute function guard_course_entitlement()";
  await expect(swap(trigger)).rejects.toThrow("permission denied for function guard_course_entitlement");
  await asSuperuser(`grant execute on function guard_course_entitlement to ${ROLE}`, url);
  await expect(swap(trigger)).rejects.toThrow("guards no other table than course_entitlement");
  await asSuperuser(`revoke execute on function guard_course_entitlement from ${ROLE}`, url);
  expect((await entriesOf(db, id)).map(({ history_type }) => history_type)).toEqual(["+"]);
});

test("keys of accounts are changed and deleted by nothing but what erases, whoever was given the right to", async () => {
  await asSuperuser(
    `insert into history_subject_key (user_id, key) values (1, sha256('one'));
     grant select, update, delete on history_subject_key to ${ROLE}`,
    url,
  );
  for (const sql of ["delete from history_subject_key", "update history_subject_key set key = sha256(key)"]) {
    await expect(db.query(sql)).rejects.toThrow("history is never changed");
    const erasing = "select set_config('history.erasing', pg_current_xact_id()::text, true)";
    await expect(asClerk(erasing, sql)).rejects.toThrow("history is never changed");
  }
  await expect(db.query("truncate history_subject_key")).rejects.toThrow("history is never changed");
  await db.query("select history_erase(1, gen_random_uuid())");
  expect(await db.query("select from history_subject_key")).toEqual([]);
});

test("a history cannot be changed through a parent, whose triggers of statements fire alone", async () => {
  const { id } = await grant(db);
  await asSuperuser(
    `create table parent (history_user_label text); alter table historical_course_entitlement inherit parent;
     grant select, update, delete on parent to ${ROLE}`,
    url,
  );
  for (const sql of [
    "update parent set history_user_label = 'forged'",
    "delete from parent",
    "truncate parent",
  ])
    await expect(sql.startsWith("truncate") ? db.query(sql) : asClerk(sql)).rejects.toThrow(
      "history is never changed",
    );
  await asSuperuser("alter table historical_course_entitlement no inherit parent; drop table parent", url);
  expect(await entriesOf(db, id)).toMatchObject([{ history_user_label: "grace" }]);
});

test("a replication session cannot bypass the triggers of history", async () => {
  const { id } = await grant(db);
  const replicating = (sql: string) => asSuperuser(`set session_replication_role = replica; ${sql}`, url);
  await replicating(`update course_entitlement set mode = 'replicated' where id = '${id}'`);
  expect((await entriesOf(db, id)).at(-1)).toMatchObject({ mode: "replicated", history_type: "~" });
  await expect(replicating("delete from historical_course_entitlement")).rejects.toThrow("never changed");
  await expect(replicating("truncate course_entitlement cascade")).rejects.toThrow("is refused");
});

test("a restore of data with active triggers is refused, because it would invent history", async () => {
  const before = await entriesOf(db);
  const restore = asSuperuser(
    `set check_function_bodies = off;
     insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
       values (1, gen_random_uuid(), 'restored', now(), now())`,
    url,
  );
  await expect(restore).rejects.toThrow("course_entitlement is restored with its triggers on");
  expect(await entriesOf(db)).toEqual(before);
});
