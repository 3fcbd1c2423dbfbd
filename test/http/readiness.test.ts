import { Client } from "pg";
import { DataSource } from "typeorm";
import { dataSourceOptions } from "../../ormconfig";
import { appOn } from "../support/app";
import { asSuperuser, createTestDatabase, patient, type TestDatabase } from "../support/database";
import { send, serve, type TestServer } from "../support/http";

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
