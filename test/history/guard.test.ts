import { Client } from "pg";
import type { DataSource } from "typeorm";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { asSuperuser, openTestDatabase } from "../support/database";
import { addPeople, asGrace, broken, entriesOf, grant } from "./world";

let db: DataSource;
let url: string;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ db, url, close } = await openTestDatabase());
  await addPeople(db);
});
afterAll(async () => {
  expect(await broken(db)).toEqual([]);
  await close();
});

const TRACKED = ["course_entitlement", "course_entitlement_support_detail", "course_entitlement_policy"];

test("direct SQL is recorded with the database role that was logged in", async () => {
  const { id } = await grant(db);
  await db.query("update course_entitlement set mode = 'professional' where id = $1", [id]);
  const [, entry] = await entriesOf(db, id);
  const [{ role }] = (await db.query("select session_user as role")) as [{ role: string }];
  expect(entry).toMatchObject({
    history_type: "~",
    history_source: "DATABASE",
    history_user_label: `database:${role}`,
    history_user_id: null,
    history_change_reason: "sql",
  });
});

test("an operator can sign a transaction, and the signature ends with it", async () => {
  const { id } = await grant(db);
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("begin");
  await client.query(
    "select set_config('history.user', 'grace', true), set_config('history.reason', 'TICKET-7', true)",
  );
  await client.query("update course_entitlement set mode = 'signed' where id = $1", [id]);
  await client.query("commit");
  await client.query("update course_entitlement set mode = 'unsigned' where id = $1", [id]);
  await client.end();
  expect((await entriesOf(db, id)).slice(1)).toMatchObject([
    {
      mode: "signed",
      history_user_label: "grace",
      history_change_reason: "TICKET-7",
      history_source: "DATABASE",
    },
    {
      mode: "unsigned",
      history_user_label: expect.stringMatching(/^database:/),
      history_change_reason: "sql",
    },
  ]);
});

test("several changes of one row in a transaction make one entry, and none when they cancel each other out", async () => {
  const { id } = await grant(db);
  await db.transaction(async (tx) => {
    for (const mode of ["a", "b", "c"])
      await tx.query("update course_entitlement set mode = $2 where id = $1", [id, mode]);
  });
  await db.transaction(async (tx) => {
    await tx.query("update course_entitlement set mode = 'd' where id = $1", [id]);
    await tx.query("update course_entitlement set mode = 'c' where id = $1", [id]);
    await tx.query("update course_entitlement set mode = mode");
  });
  expect((await entriesOf(db, id)).map((entry) => entry.mode)).toEqual(["verified", "c"]);
});

test("a row that one transaction creates and deletes gets no history", async () => {
  const before = await entriesOf(db);
  await db.transaction(async (tx) => {
    await tx.query(`insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
      select 1, gen_random_uuid(), 'brief', now(), now()`);
    await tx.query("delete from course_entitlement where mode = 'brief'");
  });
  expect(await entriesOf(db)).toEqual(before);
});

test("a change by the application and a change by direct SQL in one transaction are both recorded", async () => {
  const { id } = await grant(db);
  await asGrace(db, async (tx) => {
    await tx.save(CourseEntitlement, { id, mode: "saved" });
    await tx.query("update course_entitlement set mode = 'passed by' where id = $1", [id]);
  });
  expect((await entriesOf(db, id)).slice(1)).toMatchObject([
    { mode: "saved", history_source: "API" },
    { mode: "passed by", history_source: "DATABASE", history_user_label: "grace" },
  ]);
});

test("constraints that are made immediate do not record a change twice", async () => {
  const { id } = await grant(db);
  await asGrace(db, async (tx) => {
    await tx.query("set constraints all immediate");
    await tx.save(CourseEntitlement, { id, mode: "professional" });
  });
  expect(await entriesOf(db, id)).toHaveLength(2);
});

test("a change of the id is recorded as a deletion and a creation", async () => {
  const { id } = await grant(db);
  const [{ renamed }] = (
    await db.query(
      "update course_entitlement set id = gen_random_uuid() where id = $1 returning id as renamed",
      [id],
    )
  )[0] as [{ renamed: string }];
  expect((await entriesOf(db, id)).map((entry) => entry.history_type)).toEqual(["+", "-"]);
  expect((await entriesOf(db, renamed)).map((entry) => entry.history_type)).toEqual(["+"]);
});

test("values that are equal but not identical are recorded as a change", async () => {
  await db.query(
    "insert into course_entitlement_policy (mode, refund_period) values ('professional', '1 day')",
  );
  await db.query(
    "update course_entitlement_policy set refund_period = '24 hours' where mode = 'professional'",
  );
  expect(
    (await entriesOf(db, undefined, "course_entitlement_policy")).map((entry) => entry.history_type),
  ).toEqual(["+", "~"]);
});

test.each(TRACKED)("the history of %s cannot be changed", async (table) => {
  for (const sql of [
    `update historical_${table} set history_change_reason = 'x'`,
    `delete from historical_${table}`,
  ])
    await expect(db.query(sql)).rejects.toThrow("history is never changed");
  await expect(db.query(`truncate historical_${table}`)).rejects.toThrow("history is never changed");
});

test.each([...TRACKED, "user_account", "site"])(
  "truncate %s is refused, as no trigger sees its rows",
  async (table) => {
    await expect(db.query(`truncate ${table} cascade`)).rejects.toThrow(
      "history could not record it; use delete",
    );
  },
);

test("a role that may change entitlements is recorded, though it may not write history itself", async () => {
  const { id } = await grant(db);
  const role = `clerk_${process.pid}`;
  await asSuperuser(
    `create role ${role} login password 'clerk'; grant update, select on course_entitlement to ${role}`,
    url,
  );
  try {
    const client = new Client({
      connectionString: Object.assign(new URL(url), { username: role, password: "clerk" }).href,
    });
    await client.connect();
    await client.query("update course_entitlement set mode = 'clerical' where id = $1", [id]);
    await expect(client.query("insert into historical_course_entitlement default values")).rejects.toThrow(
      "permission denied",
    );
    // A temporary table with the name of one that the guard uses.
    await client.query("create temp table historical_course_entitlement (like course_entitlement)");
    await client.query("update course_entitlement set refund_locked = true where id = $1", [id]);
    await client.end();
    expect((await entriesOf(db, id)).slice(1)).toMatchObject([
      { mode: "clerical", history_user_label: `database:${role}` },
      { refund_locked: true, history_user_label: `database:${role}` },
    ]);
  } finally {
    await asSuperuser(`drop owned by ${role}; drop role ${role}`, url);
  }
});

test("rows that are older than their history have a first entry", async () => {
  await db.query("create table gadget (id uuid primary key default gen_random_uuid(), name text)");
  await db.query("insert into gadget (name) values ('old')");
  await db.query("select track_history('gadget')");
  await db.query("update gadget set name = 'new'");
  expect(
    await db.query(
      "select name, history_type, history_change_reason from historical_gadget order by history_id",
    ),
  ).toEqual([
    { name: "old", history_type: "+", history_change_reason: "startOfHistory" },
    { name: "new", history_type: "~", history_change_reason: "sql" },
  ]);
});

test("a column that is added to both tables is guarded after guard_history() has been called", async () => {
  await db.query("alter table gadget add column size integer");
  await db.query("alter table historical_gadget add column size integer");
  await db.query("select guard_history('gadget')");
  await db.query("update gadget set size = 3");
  expect(await db.query("select size from historical_gadget order by history_id desc limit 1")).toEqual([
    { size: 3 },
  ]);
});
