import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { QueryConfig } from "pg";
import type { EntityManager } from "typeorm";
import type { Actor } from "../../src/auth/actor";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { readEventRequest } from "../../src/http/events/event-request";
import { EventStream } from "../../src/http/events/event-stream";
import { STREAMS_AT_MOST } from "../../src/http/events/streams";
import { setRefundLock } from "../../src/use-cases/entitlements/set-refund-lock";
import { poolOf } from "../../src/store/statement";
import { transact } from "../../src/store/transact";
import { ada, actor, ask, auditor, bob, grace, useDemoApp } from "../support/demo-app";
import { listen, type Received } from "../support/events";
import { authorization, send, serve, type TestServer } from "../support/http";
import { statementsOf } from "../support/statements";
import { until } from "../support/waiting";
import { by } from "../support/world";

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

const ofAda = "e0000000-0000-4000-8000-000000000001";
let ofBob: string;
beforeAll(async () => {
  const rows = await app.db.query<{ id: string }[]>("select id from course_entitlement where user_id = $1", [
    bob.userId,
  ]);
  ofBob = rows[0]!.id;
});

/** Changes an entitlement: an entry of its own, and one of a support detail. */
async function change(entitlementId: string): Promise<void> {
  const { refundLocked } = await app.db.manager.findOneByOrFail(CourseEntitlement, { id: entitlementId });
  await setRefundLock(by(grace, app), {
    entitlementId,
    isLocked: !refundLocked,
    comments: "A secret of support",
  });
}

const CHANGE = { userId: "3", userLabel: "hopper", reason: "test", source: "API", requestId: null } as const;

/** Changes an entitlement in a transaction that commits when the returned function is called. */
async function changeSlowly(id: string): Promise<() => Promise<void>> {
  let commit = () => {};
  let written = () => {};
  const isWritten = new Promise<void>((resolve) => (written = resolve));
  const mayCommit = new Promise<void>((resolve) => (commit = resolve));
  const done = transact(app.db, CHANGE, async (tx: EntityManager) => {
    const entitlement = await tx.findOneByOrFail(CourseEntitlement, { id });
    await tx.save(Object.assign(entitlement, { refundLocked: !entitlement.refundLocked }));
    written();
    await mayCommit;
  });
  await isWritten;
  return () => (commit(), done);
}

const positionOf = ({ id }: Received) => Number(/^p(\d+)$/.exec(id)![1]);
/** The ids of history entries, the oldest first. */
const idsOf = (told: readonly Received[]) =>
  told.map(({ data }) => data.id).toSorted((one, other) => Number(one) - Number(other));

test("a learner can follow the changes of their own entitlements, without the comments of support", async () => {
  const stream = await listen(server.url, ada);
  expect(stream.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(stream.headers.get("cache-control")).toBe("no-store, no-transform");
  await change(ofBob);
  await change(ofAda);
  const [told] = await stream.come(1);
  await change(ofBob);
  await change(ofAda);
  const [, last] = await stream.come(2);
  expect(stream.changes).toHaveLength(2);
  expect(told!.id).toBe(`p${String(told!.data["position"])}`);
  expect(told!.data).toMatchObject({
    entityType: "COURSE_ENTITLEMENT",
    entitlementId: ofAda,
    reason: "setRefundLock",
    changedByLabel: null,
    changes: expect.arrayContaining([{ field: "isRefundLocked", from: false, to: true }]) as unknown,
  });
  expect(positionOf(last!)).toBeGreaterThan(positionOf(told!));
  expect(JSON.stringify(stream.changes)).not.toMatch(/secret|grace/);
  stream.leave();
});

test("an agent follows all changes, or those of one entitlement or learner", async () => {
  const all = await listen(server.url, grace);
  const ofOne = await listen(server.url, auditor, { query: `?entitlementId=${ofBob.toUpperCase()}` });
  const ofLearner = await listen(server.url, grace, { query: "?username=bob" });
  await change(ofAda);
  await change(ofBob);
  const types = (await all.come(4)).map(({ data }) => data.entityType);
  expect(types.toSorted()).toEqual([
    "COURSE_ENTITLEMENT",
    "COURSE_ENTITLEMENT",
    "SUPPORT_DETAIL",
    "SUPPORT_DETAIL",
  ]);
  for (const stream of [ofOne, ofLearner]) {
    await stream.come(2);
    expect(stream.changes.map(({ data }) => data.entitlementId)).toEqual([ofBob, ofBob]);
  }
  for (const stream of [all, ofOne, ofLearner]) stream.leave();
});

test("a learner who asks to follow the entitlement of another learner gets no events", async () => {
  const stream = await listen(server.url, ada, { query: `?entitlementId=${ofBob}` });
  const own = await listen(server.url, bob);
  await change(ofBob);
  await own.come(1);
  expect(stream.changes).toEqual([]);
  stream.leave();
  own.leave();
});

test("a change whose transaction commits late holds no other back, comes when it is committed, and is not lost", async () => {
  const stream = await listen(server.url, grace);
  const commit = await changeSlowly(ofAda);
  await change(ofBob);
  await stream.come(2);
  const later = await listen(server.url, grace, { headers: { "last-event-id": stream.changes[0]!.id } });
  await later.come(1);
  await commit();
  const told = await stream.come(3);
  expect(told.map(({ data }) => data.entitlementId)).toEqual([ofBob, ofBob, ofAda]);
  expect(told.map(positionOf)).toEqual(told.map(positionOf).toSorted((a, b) => a - b));
  expect(Number(told[2]!.data.id)).toBeLessThan(Number(told[0]!.data.id));
  expect(await later.come(2)).toEqual(told.slice(1));
  for (const one of [stream, later]) one.leave();
});

test("a client that reconnects gets each change since then once", async () => {
  for (const asking of [bob, grace]) {
    const first = await listen(server.url, asking, { query: "?username=bob" });
    await change(ofBob);
    const seen = (await first.come(asking === bob ? 1 : 2)).at(-1)!.id;
    first.leave();
    for (let times = 0; times < 3; times++) await change(ofBob);
    await change(ofAda);
    const again = await listen(server.url, asking, {
      query: "?username=bob",
      headers: { "last-event-id": seen },
    });
    await change(ofBob);
    const expected = asking === bob ? 4 : 8;
    const told = await again.come(expected);
    expect(new Set(told.map(({ id }) => id)).size).toBe(expected);
    for (const one of told) expect(positionOf(one)).toBeGreaterThan(Number(seen.slice(1)));
    again.leave();
  }
});

test("a client that an earlier version has told the ids of entries gets what came since, each change once", async () => {
  const commit = await changeSlowly(ofAda);
  await change(ofBob);
  const [{ id }] = await app.db.query<[{ id: string }]>("select last_value as id from history_id_seq");
  await change(ofBob);
  const stream = await listen(server.url, grace, { headers: { "last-event-id": id } });
  await stream.come(2);
  await commit(); // that version would have waited for it before it told of what has greater ids
  await change(ofAda);
  const told = await stream.come(4);
  expect(told.map(({ data }) => data.entitlementId)).toEqual([ofBob, ofBob, ofAda, ofAda]);
  for (const { data } of told) expect(Number(data.id)).toBeGreaterThan(Number(id));
  stream.leave();
});

test("a client that has missed many changes gets all of them, in pages", async () => {
  const stream = await listen(server.url, auditor, { headers: { "last-event-id": "p-1" } });
  const rows = await app.db.query<{ id: string }[]>(
    `select history_id as id from historical_course_entitlement union all select history_id from historical_refund
     union all select history_id from historical_course_entitlement_support_detail order by id`,
  );
  const told = await stream.come(rows.length);
  expect(idsOf(told)).toEqual(rows.map(({ id }) => id));
  expect(told.map(positionOf)).toEqual(told.map(positionOf).toSorted((a, b) => a - b));
  expect(rows.length).toBeGreaterThan(100);
  stream.leave();
});

test("a learner gets events for the changes that the history in GraphQL shows them, and no others", async () => {
  const stream = await listen(server.url, ada, { headers: { "last-event-id": "p-1" } });
  const { data } = await ask<{
    viewer: { entitlements: { edges: { node: { history: { edges: { node: { id: string } }[] } } }[] } };
  }>(
    app,
    ada,
    "{ viewer { entitlements(first: 100, scope: ALL) { edges { node { history(first: 100) { edges { node { id } } } } } } } }",
  );
  const shown = data!.viewer.entitlements.edges.flatMap(({ node }) =>
    node.history.edges.map(({ node: { id } }) => id),
  );
  const told = await stream.come(shown.length);
  expect(idsOf(told)).toEqual(shown.toSorted((a, b) => Number(a) - Number(b)));
  stream.leave();
});

test("one query to the database serves all followers", async () => {
  const streams = await Promise.all([ada, bob, grace, auditor].map((asking) => listen(server.url, asking)));
  const sent = await statementsOf(async () => {
    await change(ofAda);
    await streams[2]!.come(2);
  });
  const reads = sent.filter(({ text }) => text.includes("isTold"));
  expect(reads.length).toBeLessThanOrEqual(2);
  for (const stream of streams) stream.leave();
});

test.each([
  ["?colour=red", {}, "colour"],
  ["?entitlementId=1", {}, "entitlementId"],
  ["?username=", {}, "username"],
  ["?username=a&username=b", {}, "username"],
  ["", { "last-event-id": "yesterday" }, "Last-Event-ID"],
  ["", { "last-event-id": "999999999999999" }, "Last-Event-ID"],
  ["", { "last-event-id": "p999999999999999" }, "Last-Event-ID"],
  ["", { "last-event-id": "p" }, "Last-Event-ID"],
  ["", { "last-event-id": "-1" }, "Last-Event-ID"],
])("a request for /events%s with %j is refused", async (query, headers, name) => {
  const { status, text } = await listen(server.url, grace, {
    query,
    headers,
  });
  expect(status).toBe(400);
  expect(text).toContain("BAD_USER_INPUT");
  expect(text).toContain(name);
});

test("the time to read what is asked for is linear in its length", () => {
  const url = `/events?${Array.from({ length: 40_000 }, (_, place) => `p${place}`).join("&")}`;
  const before = performance.now();
  expect(() => readEventRequest({ url, headers: {} } as IncomingMessage)).toThrow("is none of");
  expect(performance.now() - before).toBeLessThan(2_000);
});

test("changes cannot be followed without a token, nor for an account that does not exist", async () => {
  expect((await listen(server.url, null)).status).toBe(401);
  expect((await listen(server.url, grace, { query: "?username=nobody" })).status).toBe(404);
  expect((await send(`${server.url}/events`, { method: "POST" })).status).toBe(405);
});

test("a learner is told of other accounts alike, whether they exist or not", async () => {
  for (const name of ["ada", "ADA", "nobody"])
    expect((await listen(server.url, bob, { query: `?username=${name}` })).status).toBe(404);
  const own = await listen(server.url, bob, { query: "?username=BOB" });
  expect(own.status).toBe(200);
  own.leave();
});

test("an actor has a limited number of streams, and closing one makes room for another", async () => {
  const learner = actor("empty_handed");
  const open = await Promise.all(
    Array.from({ length: STREAMS_AT_MOST.perActor }, () => listen(server.url, learner)),
  );
  expect(await listen(server.url, learner)).toMatchObject({ status: 429 });
  open[0]!.leave();
  let again = await listen(server.url, learner);
  await until(
    () => again.status === 200 || (void listen(server.url, learner).then((next) => (again = next)), false),
  );
  for (const stream of [...open, again]) stream.leave();
  expect(server.load.inFlight).toBe(0);
});

test("streams that were left before their turn read nothing, and count until their reading has ended", async () => {
  const readings: unknown[][] = [];
  let goOn = () => {};
  const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
  const pool = poolOf(app.db);
  const query = pool.query.bind(pool) as (sent: QueryConfig) => Promise<unknown>;
  const held = jest.spyOn(pool, "query").mockImplementation((async (sent: QueryConfig) => {
    if (sent.text.includes("order by position limit")) {
      readings.push(sent.values!);
      await mayGoOn;
    }
    return query(sent);
  }) as never);
  const headers = { "last-event-id": "p-1" };
  const open = (one: Actor) => listen(server.url, one, { headers });
  const streams = await Promise.all(Array.from({ length: STREAMS_AT_MOST.perActor }, () => open(ada)));
  for (const stream of streams) stream.leave();
  for (let times = 0; times < 10; times++) {
    expect((await open(ada)).status).toBe(429);
    await sleep(20);
  }
  goOn();
  const other = await open(bob);
  await other.come(1);
  expect(readings.map(([, , , learner]) => learner)).toEqual([ada.userId, bob.userId]);
  const again = await open(ada);
  await again.come(1);
  for (const stream of [other, again]) stream.leave();
  held.mockRestore();
});

test("a stream ends when its token expires", async () => {
  const almostOver = await authorization(bob, "2 seconds ago"); // 5 s are granted to clocks that differ
  const stream = await listen(server.url, null, { headers: { authorization: almostOver } });
  expect(stream).toMatchObject({ status: 200, ended: false });
  await until(() => stream.ended);
});

test("a stream ends when its actor is no longer a support agent", async () => {
  const agent = actor("bob");
  const agents = new Set([agent.userId]);
  const other = await serve({
    ...app,
    supportAgents: { has: ({ userId }: { userId: string | null }) => agents.has(userId) } as never,
  });
  const stream = await listen(other.url, agent);
  await change(ofAda);
  await stream.come(2);
  agents.clear();
  await until(() => stream.ended);
  await other.stop();
});

test("a stopping server ends its streams and opens no others", async () => {
  const other = await serve(app, { SHUTDOWN_DELAY_MS: "300" });
  const stream = await listen(other.url, ada);
  const stopped = other.stop();
  await until(() => stream.ended);
  expect(await listen(other.url, ada)).toMatchObject({ status: 503 });
  await stopped;
});

test("an idle stream sends a comment at regular intervals", async () => {
  jest.useFakeTimers({
    doNotFake: ["nextTick", "setImmediate", "setTimeout", "Date", "performance", "queueMicrotask"],
  });
  let stream: EventStream | undefined;
  const server = createServer((_request, response) => (stream = new EventStream(response)));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  let text = "";
  get(`http://localhost:${(server.address() as AddressInfo).port}`, (response) =>
    response.on("data", (chunk: Buffer) => (text += String(chunk))),
  );
  await until(() => text.includes("retry: "));
  jest.advanceTimersByTime(30_000);
  await until(() => text.split(": still here").length === 3);
  stream!.end();
  jest.useRealTimers();
  await new Promise((resolve) => server.close(resolve));
});
