import { Client } from "pg";
import { DataSource } from "typeorm";
import { dataSourceOptions } from "../../ormconfig";
import { READINESS } from "../../src/http/health";
import { appOn } from "../support/app";
import {
  asSuperuser,
  createTestDatabase,
  openTestDatabase,
  patient,
  type TestDatabase,
} from "../support/database";
import { send, serve, type TestServer } from "../support/http";
import { statementsOf } from "../support/statements";

const { keptMs } = READINESS;
beforeAll(() => (READINESS.keptMs = 0)); // so that what a test does is seen at once
afterAll(() => (READINESS.keptMs = keptMs));

test("however many ask whether a server is ready, PostgreSQL is asked once, and again when the finding is old", async () => {
  const { db, close } = await openTestDatabase();
  const server = await serve(appOn(db));
  const ask = async () => expect((await send(`${server.url}/readyz`)).status).toBe(200);
  const asked = async (times: number) =>
    (await statementsOf(() => Promise.all(Array.from({ length: times }, ask)))).filter(({ text }) =>
      text.includes("transaction_read_only"),
    ).length;
  try {
    await ask();
    const once = await asked(1);
    expect(once).toBeGreaterThan(0);
    READINESS.keptMs = 60_000;
    expect(await asked(50)).toBe(once);
    expect(await asked(50)).toBe(0);
  } finally {
    READINESS.keptMs = 0;
    await server.stop();
    await close();
  }
});

test("a server on a database that can only be read is not ready, as no command could succeed there", async () => {
  const database = await createTestDatabase();
  const name = new URL(database.url).pathname.slice(1);
  await asSuperuser(`alter database ${name} set default_transaction_read_only = on`);
  const db = await new DataSource(patient(dataSourceOptions(database.url))).initialize();
  const server = await serve(appOn(db));
  try {
    const { status, text } = await send(`${server.url}/readyz`);
    expect(status).toBe(503);
    expect(text).toContain("The database can only be read");
  } finally {
    await server.stop();
    await db.destroy();
    await database.drop();
  }
});

describe("a server that cannot read what every dashboard reads is not ready:", () => {
  const SERVING = `serving_of_readiness_${process.pid}`;
  let database: TestDatabase;
  let db: DataSource;
  let server: TestServer;
  beforeAll(async () => {
    database = await createTestDatabase();
    await asSuperuser(
      `create role ${SERVING} login password 'secret'; grant select on all tables in schema public to ${SERVING}`,
      database.url,
    );
    const { href } = Object.assign(new URL(database.url), { username: SERVING, password: "secret" });
    db = await new DataSource(patient(dataSourceOptions(href))).initialize();
    server = await serve(appOn(db));
  });
  afterAll(async () => {
    await server.stop();
    await db.destroy();
    await database.drop();
    await asSuperuser(`drop role ${SERVING}`);
  });

  const statusOf = async () => (await send(`${server.url}/readyz`)).status;

  test.each([
    "user_account",
    "course_entitlement",
    "course_entitlement_policy",
    "site",
    "refund",
    "course_enrollment",
    "course_run",
    "course_mode",
    "certificate",
  ])("%s may not be read", async (table) => {
    expect(await statusOf()).toBe(200);
    await asSuperuser(`revoke select on ${table} from ${SERVING}`, database.url);
    expect(await statusOf()).toBe(503);
    await asSuperuser(`grant select on ${table} to ${SERVING}`, database.url);
    expect(await statusOf()).toBe(200);
  });

  test("the table of accounts is locked", async () => {
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query("begin; lock table user_account in access exclusive mode");
    expect(await statusOf()).toBe(503);
    await other.query("rollback");
    await other.end();
    expect(await statusOf()).toBe(200);
  });
});
