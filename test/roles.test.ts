import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { SHOWN_DUE } from "../src/demo/world";
import { asSuperuser, createEmptyDatabase, type TestDatabase } from "./support/database";
import { ada, grace } from "./support/demo-app";
import { asker, JWT_JWK_SET, type Ask } from "./support/http";
import { killLeftovers, runToEnd, startServerProcess } from "./support/server-process";

const OWNER = `owner_of_roles_${process.pid}`;
const SERVING = `serving_of_roles_${process.pid}`;

let database: TestDatabase;
let env: Record<string, string>;
let ask: Ask;
const urlOf = (username: string) =>
  Object.assign(new URL(database.url), { username, password: "secret" }).href;

beforeAll(async () => {
  database = await createEmptyDatabase();
  const name = new URL(database.url).pathname.slice(1);
  await asSuperuser(
    `create role ${OWNER} login password 'secret'; create role ${SERVING} login password 'secret'`,
  );
  await asSuperuser(`alter database ${name} owner to ${OWNER}`);
  env = { DATABASE_URL: urlOf(SERVING), JWT_JWK_SET };
  const migrated = await runToEnd(
    "dist/src/cli/migrate.js",
    { ...env, MIGRATION_DATABASE_URL: urlOf(OWNER) },
    ["up"],
  );
  expect(migrated).toMatchObject({ status: 0, stderr: "" });
  const first = await startServerProcess({ ...env, MIGRATION_DATABASE_URL: urlOf(OWNER) });
  first.child.kill("SIGTERM");
  await first.exited;
  const server = await startServerProcess(env);
  ask = asker(server.url);
});
afterAll(async () => {
  killLeftovers();
  await sleep(200);
  await database.drop();
  await asSuperuser(`drop role ${SERVING}; drop role ${OWNER}`);
});

const see = (sql: string) => asSuperuser(sql, database.url);

/** Runs statements one after the other, as the role that serves. */
async function asServing(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: urlOf(SERVING) });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}

const LIST = "{ viewer { entitlements(first: 40, scope: ALL) { edges { node { id isExpired } } } } }";

async function anEntitlement(): Promise<string> {
  const { body } = await ask(ada, LIST);
  const { viewer } = body.data as {
    viewer: { entitlements: { edges: { node: { id: string; isExpired: boolean } }[] } };
  };
  return viewer.entitlements.edges.find(({ node }) => !node.isExpired)!.node.id;
}

test("the server answers and changes rows, and history has the author and the database role", async () => {
  const id = await anEntitlement();
  const command = `mutation ($input: SetRefundLockInput!) { setRefundLock(input: $input) { userErrors { code } } }`;
  const { body } = await ask(grace, command, {
    input: { entitlementId: id, isLocked: true, comments: "Roles" },
  });
  expect(body).toEqual({ data: { setRefundLock: { userErrors: [] } } });
  const [entry] = await see(
    `select * from historical_course_entitlement where id = '${id}' order by history_id desc limit 1`,
  );
  expect(entry).toMatchObject({
    history_user_label: "grace",
    history_source: "API",
    history_role: SERVING,
    history_claimed_label: null,
  });
});

test("changes by cascade are signed like the change that caused them", async () => {
  const id = await anEntitlement();
  await asServing(
    "begin",
    "select set_config('history.user', 'grace', true)",
    `update course_entitlement set mode = 'professional' where id = '${id}'`,
    "commit",
  );
  const [entry] = await see(
    `select * from historical_course_entitlement where id = '${id}' order by history_id desc limit 1`,
  );
  expect(entry).toMatchObject({
    history_user_label: "grace",
    history_source: "DATABASE",
    history_role: SERVING,
  });
});

test("background work needs no more rights than the role that serves has", async () => {
  const done = () =>
    see("select name from jobs.job where state = 'completed' union select name from jobs.archive");
  for (const deadline = Date.now() + 20_000; (await done()).length === 0; await sleep(200))
    if (Date.now() > deadline) throw new Error("no task was done");
  expect(await done()).toContainEqual({ name: "expireDueEntitlements" });
});

test("the role that serves seals the history", async () => {
  const sizes = () =>
    see(
      `select (select max(size) from history_checkpoint) as sealed, sum(entries) as settled from history_transaction`,
    );
  const isSealed = async () => {
    const [row] = (await sizes()) as [{ sealed: string; settled: string }];
    return row.sealed === row.settled;
  };
  for (const deadline = Date.now() + 20_000; !(await isSealed()); await sleep(200))
    if (Date.now() > deadline) throw new Error("the history is not sealed");
});

test("the role that serves gives committed changes their place in history", async () => {
  const left = () =>
    see(`select h.history_id from historical_course_entitlement h
      where not exists (select from history_transaction x where x.txid = h.history_txid)`);
  for (const deadline = Date.now() + 20_000; (await left()).length > 0; await sleep(200))
    if (Date.now() > deadline) throw new Error("something is not settled");
  expect(await see("select count(*)::int from history_transaction")).not.toEqual([{ count: 0 }]);
});

/** The examples of the demo world that background work does not expire, and this command does. */
const SPARED = SHOWN_DUE.size;

test("the changes of a sweep are recorded once, and the guard stays active", async () => {
  await see(`insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
    select 1, gen_random_uuid(), 'verified', now() - interval '3 years', now() from generate_series(1, 200)`);
  const { status, stdout } = await runToEnd("dist/src/cli/expire.js", env, ["--commit"]);
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(`${200 + SPARED} expired`) as string,
  });
  expect(
    await see(`select count(*)::int, count(distinct id)::int as ids from historical_course_entitlement
      where history_source = 'CLI' and history_role = '${SERVING}' and expired_at is not null`),
  ).toEqual([{ count: 200 + SPARED, ids: 200 + SPARED }]);
  const id = await anEntitlement();
  await asServing(
    "begin",
    "select set_config('history.covered', pg_current_xact_id()::text, true)",
    `update course_entitlement set mode = 'unseen' where id = '${id}'`,
    "commit",
  );
  expect(
    await see(
      `select count(*)::int from historical_course_entitlement where id = '${id}' and mode = 'unseen'`,
    ),
  ).toEqual([{ count: 1 }]);
});

test.each([
  "alter table course_entitlement disable trigger guard",
  "alter table course_entitlement disable trigger all",
  "drop trigger guard on course_entitlement",
  "drop trigger append_only on historical_course_entitlement",
  "set session_replication_role = replica",
  "create or replace function guard_course_entitlement() returns trigger language plpgsql as 'begin return null; end'",
  "create or replace function history_now() returns timestamptz language sql return now()",
  "select guard_history('course_entitlement')",
  "insert into history_erased (history_id, column_name, hidden, erasure_id) values (1, 'comments', repeat('0', 64), gen_random_uuid())",
  "update historical_course_entitlement set history_user_label = 'hopper'",
  "delete from historical_course_entitlement",
  "truncate historical_course_entitlement",
  "truncate course_entitlement cascade",
  "insert into historical_refund (history_id) values (1)",
  "insert into historical_refund (history_role) values ('postgres')",
  "insert into historical_refund (history_txid) values (1)",
  "update history_transaction set at = now()",
  "delete from history_transaction",
  "truncate history_transaction",
  "insert into history_told default values",
  "delete from history_told",
  "delete from history_checkpoint",
  "update history_checkpoint set note = ''",
  "delete from history_clock",
  "delete from history_subject_key",
  "update history_subject_key set key = sha256(key)",
  "update history_subject_key set reveals = true",
  "delete from history_tile",
  "create or replace function history_txid_offset() returns bigint immutable language sql return 1",
  "select setval('history_id_seq', 1)",
  "alter sequence history_id_seq restart",
  "drop table historical_course_entitlement",
  "drop table course_entitlement cascade",
  "alter table course_entitlement add column x text",
  "create rule r as on insert to historical_refund do instead nothing",
  "create table t ()",
  "delete from migrations",
  "drop schema public cascade",
])("the role that serves may not: %s", async (sql) => {
  await expect(asServing(sql)).rejects.toThrow(/permission denied|must be owner|must be able to/);
});

test("history:verify finds nothing, also as the role that serves", async () => {
  expect(await runToEnd("dist/src/cli/history-verify.js", env)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^0 broken rows/) as string,
  });
});

test("a second migration grants the rights again, and keeps the tasks in the queue", async () => {
  const { stdout } = await runToEnd(
    "dist/src/cli/migrate.js",
    { ...env, MIGRATION_DATABASE_URL: urlOf(OWNER) },
    ["up"],
  );
  expect(stdout).toBe("nothing to do\n");
  expect(await see("select count(*)::int > 0 as kept from jobs.job")).toEqual([{ kept: true }]);
});

test("a migration revokes what an earlier version granted beyond what the server needs", async () => {
  await see(`grant insert on history_told to ${SERVING}; grant delete on historical_refund to ${SERVING};
    grant update, delete on history_subject_key to ${SERVING}; grant delete on history_tile to ${SERVING}`);
  const verify = () => runToEnd("dist/src/cli/history-verify.js", env);
  expect((await verify()).stdout.split("\n")).toEqual(
    expect.arrayContaining([
      `${SERVING} may insert history_told`,
      `${SERVING} may delete historical_refund`,
      `${SERVING} may update history_subject_key`,
      `${SERVING} may delete history_subject_key`,
      `${SERVING} may delete history_tile`,
    ]),
  );
  await runToEnd("dist/src/cli/migrate.js", { ...env, MIGRATION_DATABASE_URL: urlOf(OWNER) }, ["up"]);
  expect(await verify()).toMatchObject({ status: 0 });
});

test("a migration revokes what default privileges have granted of the sequence and the functions, and keeps what is needed", async () => {
  const other = await createEmptyDatabase();
  const ownUrl = (username: string) =>
    Object.assign(new URL(other.url), { username, password: "secret" }).href;
  await asSuperuser(`alter database ${new URL(other.url).pathname.slice(1)} owner to ${OWNER}`);
  await asSuperuser(
    `grant create on schema public to ${SERVING};
     alter default privileges for role ${OWNER} grant all on tables to ${SERVING};
     alter default privileges for role ${OWNER} grant all on sequences to ${SERVING};
     alter default privileges for role ${OWNER} grant all on functions to ${SERVING}`,
    other.url,
  );
  const settings = { DATABASE_URL: ownUrl(SERVING), JWT_JWK_SET };
  await runToEnd("dist/src/cli/migrate.js", { ...settings, MIGRATION_DATABASE_URL: ownUrl(OWNER) }, ["up"]);
  expect(await runToEnd("dist/src/cli/history-verify.js", settings)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^0 broken rows/) as string,
  });
  const rights = await asSuperuser(
    `select has_sequence_privilege('${SERVING}', 'history_id_seq', 'usage') as "takesIds",
       has_sequence_privilege('${SERVING}', 'history_id_seq', 'update') as "setsIds",
       has_function_privilege('${SERVING}', 'history_erase(bigint, uuid)', 'execute') as erases`,
    other.url,
  );
  expect(rights).toEqual([{ takesIds: true, setsIds: false, erases: true }]);
  await other.drop();
});

test("a server that may not tell a past says why it has no demo world, and serves", async () => {
  const both = await createEmptyDatabase();
  const ownUrl = (username: string) =>
    Object.assign(new URL(both.url), { username, password: "secret" }).href;
  await asSuperuser(`alter database ${new URL(both.url).pathname.slice(1)} owner to ${OWNER}`);
  const settings = { DATABASE_URL: ownUrl(SERVING), JWT_JWK_SET, JOBS: "off" };
  await runToEnd("dist/src/cli/migrate.js", { ...settings, MIGRATION_DATABASE_URL: ownUrl(OWNER) }, ["up"]);
  const server = await startServerProcess(settings);
  expect(server.stdout()).toContain("there is no demo world, because only the owner of the tables may tell");
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
  await both.drop();
});

test("a queue that belongs to the owner of the tables is created again for the role that serves", async () => {
  const both = await createEmptyDatabase();
  const ownUrl = (username: string) =>
    Object.assign(new URL(both.url), { username, password: "secret" }).href;
  await asSuperuser(`alter database ${new URL(both.url).pathname.slice(1)} owner to ${OWNER}`);
  const before = await startServerProcess({ DATABASE_URL: ownUrl(OWNER), JWT_JWK_SET });
  before.child.kill("SIGTERM");
  await before.exited;
  const settings = { DATABASE_URL: ownUrl(SERVING), MIGRATION_DATABASE_URL: ownUrl(OWNER), JWT_JWK_SET };
  await runToEnd("dist/src/cli/migrate.js", settings, ["up"]);
  const after = await startServerProcess({ DATABASE_URL: ownUrl(SERVING), JWT_JWK_SET });
  expect(
    await asSuperuser(
      "select tableowner from pg_tables where schemaname = 'jobs' and tablename = 'job'",
      both.url,
    ),
  ).toEqual([{ tableowner: SERVING }]);
  after.child.kill("SIGTERM");
  expect(await after.exited).toBe(0);
  await both.drop();
});

test("a fault of MIGRATION_DATABASE_URL is reported under its own name", async () => {
  const { status, stderr } = await runToEnd(
    "dist/src/cli/migrate.js",
    { ...env, MIGRATION_DATABASE_URL: urlOf("stranger_of_roles") },
    ["up"],
  );
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: "MIGRATION_DATABASE_URL: PostgreSQL does not let its user in with its password\n",
  });
});

test("MIGRATION_DATABASE_URL of another database is refused before anything is done there", async () => {
  const other = await createEmptyDatabase();
  const MIGRATION_DATABASE_URL = Object.assign(new URL(other.url), {
    username: OWNER,
    password: "secret",
  }).href;
  for (const [command, ...args] of [
    ["migrate", "up"],
    ["moving/import", "--from", "test/moving/dump"],
    ["checks/config-check"],
  ])
    expect(
      await runToEnd(`dist/src/cli/${command}.js`, { ...env, MIGRATION_DATABASE_URL }, args),
    ).toMatchObject({ status: 1 });
  const { stderr } = await runToEnd("dist/src/cli/migrate.js", { ...env, MIGRATION_DATABASE_URL }, ["up"]);
  expect(stderr).toBe("MIGRATION_DATABASE_URL: names another database than DATABASE_URL\n");
  expect(await asSuperuser("select to_regclass('migrations') as found", other.url)).toEqual([
    { found: null },
  ]);
  await other.drop();
});

test.each([
  ["dist/src/cli/history/retain.js", "--older-than", "7y", "--reason", "request 4711"],
  ["dist/src/cli/history/history-adopt.js"],
  ["dist/src/cli/moving/import.js", "--from", "test/moving/dump"],
])("%s as the role that serves says which role it needs", async (command, ...args) => {
  expect(await runToEnd(command, env, args)).toEqual({
    status: 1,
    stdout: "",
    stderr:
      "DATABASE_URL: its user does not own the tables; set MIGRATION_DATABASE_URL for the one that does\n",
  });
});
