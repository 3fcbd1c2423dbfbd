import { Client } from "pg";
import { migrate } from "../../src/compose/database";
import { asSuperuser, createEmptyDatabase, type TestDatabase } from "../support/database";

const OWNER = `owner_of_guards_${process.pid}`;
const RENAMED = `renamed_of_guards_${process.pid}`;
const NEXT = `next'of guards_${process.pid}`;

let database: TestDatabase;
const urlOf = (username: string) =>
  Object.assign(new URL(database.url), { username, password: "secret" }).href;
/** Migrates as a role, as a server does that has no other one, and `migrate up`. */
const migrateAs = (role: string) =>
  migrate({
    url: urlOf(role),
    migrationUrl: urlOf(role),
    isEmbedded: false,
    stop: () => Promise.resolve(),
  });
const RENEWED = ["the guards of history for the role that owns the tables now"];

beforeAll(async () => {
  database = await createEmptyDatabase();
  await asSuperuser(
    `create role ${OWNER} login password 'secret'; create role "${NEXT}" login password 'secret';
     grant pg_read_all_data to ${OWNER}`,
  );
  await asSuperuser(`alter database ${new URL(database.url).pathname.slice(1)} owner to ${OWNER}`);
  expect(await migrateAs(OWNER)).not.toEqual([]);
  await asSuperuser("insert into user_account (id, username) values (1, 'ada')", database.url);
});
afterAll(async () => {
  await database.drop();
  await asSuperuser(`drop role if exists ${OWNER}; drop role if exists ${RENAMED}; drop role "${NEXT}"`);
});

/** Grants an entitlement as a role that says that its history is recorded. Returns how many entries there are of it. */
async function entriesOfCovered(role: string): Promise<number> {
  const client = new Client({ connectionString: urlOf(role) });
  await client.connect();
  try {
    await client.query("begin; select set_config('history.covered', pg_current_xact_id()::text, true)");
    const { rows } = await client.query<{ id: string }>(
      `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
       values (1, gen_random_uuid(), 'verified', now(), now()) returning id`,
    );
    await client.query("set constraints all immediate");
    const entries = await client.query(
      `select from historical_course_entitlement where id = '${rows[0]!.id}'`,
    );
    return entries.rows.length;
  } finally {
    await client.end();
  }
}

test("who has taken the former name of the owner can bypass no history, once the owner has migrated", async () => {
  await asSuperuser(
    `alter role ${OWNER} rename to ${RENAMED}; alter role ${RENAMED} password 'secret';
     create role ${OWNER} login password 'secret';
     grant all on all tables in schema public to ${OWNER}; grant all on all sequences in schema public to ${OWNER}`,
    database.url,
  );
  await expect(migrateAs(OWNER)).rejects.toThrow(
    "The guards of history name another role than the owner of the tables, and that role could bypass history: run npm run migrate -- up as the owner",
  );
  expect(await migrateAs(RENAMED)).toEqual(RENEWED);
  expect(await entriesOfCovered(OWNER)).toBe(1);
  expect(await entriesOfCovered(RENAMED)).toBe(0);
  expect(await migrateAs(RENAMED)).toEqual([]);
  expect(await migrateAs(OWNER)).toEqual([]);
});

test("where the tables belong to another role, as after a restore without owners, its first start has the guards name it", async () => {
  await asSuperuser(`reassign owned by ${RENAMED} to "${NEXT}"`, database.url);
  expect(await migrateAs(NEXT)).toEqual(RENEWED);
  expect(await migrateAs(NEXT)).toEqual([]);
  expect(await entriesOfCovered(NEXT)).toBe(0);
});

test("a guard with another condition is not replaced unseen", async () => {
  await asSuperuser(
    `drop trigger guard on refund; create constraint trigger guard after insert or update or delete on refund
       deferrable initially deferred for each row when (false) execute function guard_refund()`,
    database.url,
  );
  expect(await migrateAs(NEXT)).toEqual([]);
});
