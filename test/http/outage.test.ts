import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { isUnavailable } from "../../src/store/unavailable";
import { asSuperuser, createEmptyDatabase, type TestDatabase } from "../support/database";
import { ada } from "../support/demo-app";
import { asker, JWT_JWK_SET, send, type Answer } from "../support/http";
import { killLeftovers, startServerProcess, type ServerProcess } from "../support/server-process";
import { asRest } from "../rest/asking";
import { until } from "../support/waiting";
import { openTcpProxy, type TcpProxy } from "../support/tcp-proxy";

let database: TestDatabase;
let wire: TcpProxy;
let server: ServerProcess;
let ask: () => Promise<Answer>;
beforeAll(async () => {
  database = await createEmptyDatabase();
  wire = await openTcpProxy(database.url);
  server = await startServerProcess({
    DATABASE_URL: wire.url,
    DATABASE_POOL_SIZE: "3",
    JWT_JWK_SET,
    REST_FACADE: "read-only",
  });
  const asking = asker(server.url);
  ask = () => asking(ada, "{ entitlementPolicies { id } viewer { id } }");
});
afterAll(async () => {
  killLeftovers();
  await wire.cut();
  await database.drop();
});

/** Waits for a finding, as one of the second before is told again. */
const untilReadyIs = (status: number) =>
  until(async () => (await send(`${server.url}/readyz`)).status === status);
const endConnections = () =>
  asSuperuser(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'course-entitlements'`,
    database.url,
  );

async function secondsUntilAnswered(): Promise<number> {
  const start = performance.now();
  while ((await ask()).status !== 200) await delay(50);
  return (performance.now() - start) / 1000;
}

async function expectUnavailable(): Promise<void> {
  const { status, body, headers, text } = await ask();
  expect(status).toBe(503);
  expect(headers.get("retry-after")).toBe("1");
  expect(body.data).toBeUndefined();
  expect(body.errors).toHaveLength(1);
  expect(body.errors![0]).toMatchObject({
    message: "The service is unavailable for a moment. Please try again.",
    extensions: { code: "SERVICE_UNAVAILABLE", requestId: headers.get("x-request-id") },
  });
  expect(text).not.toMatch(/ECONN|connect|terminat|pool|timeout/i);
  const rest = await asRest(server)(ada, "entitlements/");
  expect(rest).toMatchObject({
    status: 503,
    text: `{"detail":"The service is unavailable for a moment. Please try again."}`,
  });
  expect(rest.headers.get("retry-after")).toBe("1");
}

test("without PostgreSQL every answer is 503, and when it is back 200, without a restart", async () => {
  expect((await ask()).status).toBe(200);
  await wire.cut();
  for (let time = 1; time <= 5; time++) await expectUnavailable();
  await untilReadyIs(503);
  expect((await send(`${server.url}/healthz`)).status).toBe(200);
  const { text: metrics } = await send(`${server.url}/metrics`);
  expect(metrics).toContain("database_up 0");
  expect(metrics).not.toContain("refunds_pending{");
  await wire.mend();
  expect(await secondsUntilAnswered()).toBeLessThan(3);
  await untilReadyIs(200);
});

test("background work logs one line for each outage of PostgreSQL, and one for its end", async () => {
  const told = () =>
    server
      .stdout()
      .split("\n")
      .filter((line) => line.includes("background work"));
  while (told().length % 2 === 1) await delay(50); // the server may not have noticed that the preceding outage is over
  const before = told().length;
  await wire.cut();
  await delay(4_000); // refunds are looked for once a second
  expect((await ask()).status).toBe(503);
  await wire.mend();
  while (told().length < before + 2) await delay(50);
  expect(
    told()
      .slice(before)
      .map((line) => JSON.parse(line) as object),
  ).toMatchObject([
    { level: 40, msg: "background work is waiting for PostgreSQL" },
    {
      level: 30,
      msg: "PostgreSQL answers again; background work continues",
      seconds: expect.any(Number) as number,
    },
  ]);
  expect(server.stdout()).not.toMatch(/"frames"|"stack"/);
});

test("the server answers again within 3 s after PostgreSQL has ended all connections", async () => {
  await Promise.all(Array.from({ length: 6 }, ask)); // opens all connections
  await endConnections();
  expect(await secondsUntilAnswered()).toBeLessThan(3);
});

test("requests whose connection PostgreSQL ends get 503", async () => {
  const locker = new Client({ connectionString: database.url });
  await locker.connect();
  await locker.query("begin");
  await locker.query("lock table course_entitlement_policy in access exclusive mode");
  const answers = [ask(), ask()];
  await delay(300);
  await endConnections();
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  await locker.end();
  expect(statuses).toEqual([503, 503]);
  expect(await secondsUntilAnswered()).toBeLessThan(3);
});

test("a table that a migration locks for long is an outage for requests that wait for it", async () => {
  const locker = new Client({ connectionString: database.url });
  await locker.connect();
  await locker.query("begin");
  await locker.query("lock table course_entitlement_policy in access exclusive mode");
  await expectUnavailable();
  await locker.query("lock table course_entitlement in access exclusive mode");
  await untilReadyIs(503);
  await locker.end();
  expect((await ask()).status).toBe(200);
});

test("a statement that takes too long, or is cancelled, gives 503 with the advice to ask for less, and is not sent again", async () => {
  const locker = new Client({ connectionString: database.url });
  await locker.connect();
  await ask(); // so that the next one is compiled, which is interpreted too where its answer has an error
  await locker.query("begin");
  await locker.query("lock table course_entitlement_policy in access exclusive mode");
  const asked = ask();
  const cancel =
    "select pg_cancel_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = $1";
  const name = new URL(database.url).pathname.slice(1);
  await until(async () => ((await locker.query(cancel, [name])).rowCount ?? 0) > 0);
  const { status, headers, body } = await asked;
  await locker.end();
  expect(status).toBe(503);
  expect(headers.get("retry-after")).toBe("1");
  expect(body.errors).toMatchObject([
    {
      message: "The answer has taken too long. Please ask for less, or try again later.",
      extensions: { code: "SERVICE_UNAVAILABLE" },
    },
  ]);
});

test("a network that drops everything gives 503 within 10 s, and the server recovers when it works again", async () => {
  wire.stall();
  const start = performance.now();
  await expectUnavailable();
  expect((performance.now() - start) / 1000).toBeLessThan(10);
  await untilReadyIs(503);
  await wire.mend();
  expect(await secondsUntilAnswered()).toBeLessThan(3);
});

test("an error in the server does not count as an outage", () => {
  for (const error of [
    new Error("x"),
    Object.assign(new Error("x"), { code: "42P01" }),
    "ECONNREFUSED",
    null,
  ])
    expect(isUnavailable(error)).toBe(false);
  const refused = Object.assign(new Error(""), { code: "ECONNREFUSED" });
  expect(isUnavailable(new AggregateError([refused]))).toBe(true);
});
