import type { Actor } from "../../src/auth/actor";
import { rateLimiter } from "../../src/engine/rate-limit";
import { parseJson, readBody } from "../../src/http/body";
import { IN_FLIGHT, InFlightLimiter } from "../../src/http/in-flight";
import { listen, type Listener } from "../../src/http/listener";
import { Metrics } from "../../src/http/metrics";
import { sendError, sendJson } from "../../src/http/respond";
import type { Route } from "../../src/http/route";
import { admission } from "../../src/http/session";
import { appOn } from "../support/app";
import { openTestDatabase } from "../support/database";
import { ada } from "../support/demo-app";
import { authorization, JWT_JWK_SET, send } from "../support/http";

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let listener: Listener;
let held: Promise<void> | undefined;
const stopping = new AbortController();

/** A route that is not GraphQL, made of the parts that every route can use. */
beforeAll(async () => {
  database = await openTestDatabase();
  const app = appOn(database.db, { JWT_JWK_SET, PORT: "0" });
  const load = new InFlightLimiter();
  const admit = admission(app, load);
  const limitRate = rateLimiter(app);
  const metrics = new Metrics(app, load);
  const leave: Route = async (request, response) => {
    const body = parseJson(request, await readBody(request));
    await admit(request, response, async (actor) => {
      const refusal = limitRate(1, actor);
      if (refusal) return sendError(response, 429, refusal.code, refusal.message);
      await held;
      await sendJson(response, 200, { username: actor?.username ?? null, body });
    });
  };
  const routes = new Map<string, Route>([
    ["/plain/*", leave],
    ["/broken", () => Promise.reject(new Error("a secret of ours"))],
    ["/metrics", (request, response) => metrics.answer(request, response)],
  ]);
  listener = await listen(app, routes, stopping.signal, metrics.answered);
});
afterAll(async () => {
  await listener.drain();
  await database.close();
});

async function post(actor: Actor | null, headers: Record<string, string> = {}, body = '{"one":1}') {
  return send(`${listener.url}/plain/leave/1`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(actor && { authorization: await authorization(actor) }),
      ...headers,
    },
    body,
  });
}

test("a plain route runs as the actor of the token, or as an anonymous caller without one", async () => {
  expect(await post(ada)).toMatchObject({ status: 200, body: { username: "ada", body: { one: 1 } } });
  expect(await post(null)).toMatchObject({ status: 200, body: { username: null } });
});

test("a plain route refuses a bad token and a bad body like GraphQL", async () => {
  const refused = await post(null, { authorization: "JWT x.y.z" });
  expect(refused).toMatchObject({
    status: 401,
    body: { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] },
  });
  expect(refused.headers.get("www-authenticate")).toBe("JWT");
  expect(await post(ada, {}, "{")).toMatchObject({ status: 400 });
  expect(await post(ada, { "content-type": "text/plain" })).toMatchObject({ status: 415 });
});

test("a plain route has the request id in its answer, and does not reveal an unexpected error", async () => {
  const { status, text, headers } = await send(`${listener.url}/broken`, {
    headers: { "x-request-id": "plain-1" },
  });
  expect(status).toBe(500);
  expect(text).not.toContain("secret");
  expect(headers.get("x-request-id")).toMatch(/^[\w-]{16}$/);
});

test("a plain route shares the limit of requests in work, and recovers from overload", async () => {
  let release = () => {};
  held = new Promise((resolve) => (release = resolve));
  const asked = Array.from({ length: IN_FLIGHT.atOnce + 1 }, () => post(null));
  const first = await Promise.race(asked);
  expect(first).toMatchObject({
    status: 503,
    body: { errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }] },
  });
  release();
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(IN_FLIGHT.atOnce);
  expect(await post(null)).toMatchObject({ status: 200 });
});

test("a plain route counts operations by name and actor, without a GraphQL document", async () => {
  const bob = { ...ada, userId: "77", username: "bob" };
  const statuses: number[] = [];
  for (let asked = 0; asked < 61; asked++) statuses.push((await post(bob)).status);
  expect(statuses.slice(0, 60)).not.toContain(429);
  expect(statuses[60]).toBe(429);
});

test("answers of a plain route are counted by its address, whatever the rest of the path is", async () => {
  await send(`${listener.url}/nothing`);
  const { text } = await send(`${listener.url}/metrics`);
  expect(text).toMatch(/http_requests_total\{path="\/plain\/\*",status="200"\} \d+/);
  expect(text).toMatch(/http_requests_total\{path="\/plain\/\*",status="401"\} 1/);
  expect(text).toMatch(/http_requests_total\{path="\/broken",status="500"\} 1/);
  expect(text).toMatch(/http_requests_total\{path="other",status="404"\} 1/);
});

test("a listener that stops asks its clients to close their connections", async () => {
  stopping.abort();
  expect((await post(null)).headers.get("connection")).toBe("close");
});
