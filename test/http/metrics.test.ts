import { setTimeout as sleep } from "node:timers/promises";
import { startJobs } from "../../src/jobs/start-jobs";
import { ada, useDemoApp } from "../support/demo-app";
import { PRODUCTION, send, serve, type TestServer } from "../support/http";
import { entitlementIdOf } from "../support/refunds";

const TOKEN = "a-token-of-operators";

const settings = { REFUND_DEADLINE_MS: "500" };
const app = useDemoApp(settings);
let server: TestServer;
beforeAll(async () => {
  server = await serve(app, settings);
});
afterAll(() => server.stop());

/** The value of a sample, or undefined where there is none. */
async function valueOf(sample: string, from: { url: string } = server): Promise<number | undefined> {
  const { text } = await send(`${from.url}/metrics`);
  const line = text.split("\n").find((each) => each.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
}

test("answers are counted by address and status, those of GraphQL by type and the codes of their errors", async () => {
  await server.ask(ada, "{ viewer { username } }");
  await server.ask(ada, "{ viewer { username } }");
  await server.ask(ada, "{ nothing }");
  await server.ask(null, '{ user(username: "ada") { id } }');
  await send(`${server.url}/wp-login.php`);
  expect(await valueOf('http_requests_total{path="/graphql",status="200"}')).toBe(2);
  expect(await valueOf('http_requests_total{path="other",status="404"}')).toBe(1);
  expect(await valueOf('graphql_request_duration_seconds_count{type="query"}')).toBe(3);
  expect(await valueOf('graphql_request_duration_seconds_count{type="none"}')).toBe(1);
  expect(await valueOf('graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED"}')).toBe(1);
  expect(await valueOf('graphql_errors_total{code="UNAUTHENTICATED"}')).toBe(1);
  expect(await valueOf('graphql_executions_total{how="interpreted"}')).toBe(1);
  expect(await valueOf('graphql_executions_total{how="compiled"}')).toBe(1);
  expect(await valueOf("process_faults_total")).toBe(0);
});

test("rejected tokens are counted by their fault", async () => {
  const headers = { "content-type": "application/json", authorization: "JWT no.token" };
  const { status } = await send(`${server.url}/graphql`, {
    method: "POST",
    headers,
    body: '{"query":"{__typename}"}',
  });
  expect(status).toBe(401);
  expect(await valueOf('tokens_rejected_total{fault="malformed"}')).toBe(1);
});

test("a pending refund is reported with its age", async () => {
  expect(await valueOf('refunds_pending{state="IN_DOUBT"}')).toBeUndefined();
  const entitlementId = await entitlementIdOf(app, "-TIMEOUT");
  const refund =
    "mutation($id: ID!) { unenrollAndRefund(input: { entitlementId: $id, refund: REQUEST }) { refund { state } } }";
  await server.ask(ada, refund, { id: entitlementId });
  while ((await valueOf('refunds_pending{state="IN_DOUBT"}')) !== 1) await sleep(20); // its deadline may still have to pass
  const age = await valueOf('refunds_pending_oldest_seconds{state="IN_DOUBT"}');
  expect(age).toBeGreaterThan(0);
  expect(age).toBeLessThan(60);
});

test("the last completion of background work is reported", async () => {
  const sample = 'background_task_done_timestamp_seconds{task="expireDueEntitlements"}';
  expect(await valueOf(sample)).toBeUndefined();
  const jobs = await startJobs(app);
  const deadline = Date.now() + 10_000;
  while ((await valueOf(sample)) === undefined && Date.now() < deadline) await sleep(50);
  await jobs.stop();
  expect(Math.abs((await valueOf(sample))! - Date.now() / 1000)).toBeLessThan(30);
});

test("connections, memory and the event loop are reported", async () => {
  expect(await valueOf('pg_pool_connections{state="open"}')).toBeGreaterThan(0);
  expect(await valueOf("process_resident_memory_bytes")).toBeGreaterThan(1e7);
  expect(await valueOf("nodejs_eventloop_lag_p99_seconds")).toBeGreaterThan(0);
});

test("no metric names a learner, an order or an operation of a client", async () => {
  await server.ask(
    ada,
    "query SecretOperation { viewer { entitlements { edges { node { orderNumber } } } } }",
  );
  const { text, headers } = await send(`${server.url}/metrics`);
  expect(text).not.toMatch(/SecretOperation|ada|EDX-|@/);
  expect(headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
});

test("production shows metrics to requests with the token of METRICS_TOKEN, and has none without that setting", async () => {
  const closed = await serve(app, PRODUCTION);
  const open = await serve(app, { ...PRODUCTION, METRICS_TOKEN: TOKEN });
  try {
    expect((await send(`${closed.url}/metrics`)).status).toBe(404);
    const ask = (authorization?: string) =>
      send(`${open.url}/metrics`, { headers: authorization ? { authorization } : {} });
    for (const wrong of [undefined, TOKEN, `Bearer ${TOKEN}x`, "Bearer "])
      expect(await ask(wrong)).toMatchObject({ status: 401 });
    expect(await ask(`Bearer ${TOKEN}`)).toMatchObject({ status: 200 });
  } finally {
    await Promise.all([closed.stop(), open.stop()]);
  }
});
