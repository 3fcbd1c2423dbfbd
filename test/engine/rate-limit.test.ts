import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import type { Actor } from "../../src/auth/actor";
import { rateLimiter } from "../../src/engine/rate-limit";
import { Refund } from "../../src/entities/refund";
import type { RefundOutcome } from "../../src/gateways/refund/refund-gateway";
import { authorization, send, serve, type Answer, type TestServer } from "../support/http";
import { ada, ago, anEntitlement, bob, grace, hopper, NOW, shop, useApp } from "../support/world";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const app = useApp();
let server: TestServer;
let now = NOW.getTime();
beforeAll(async () => {
  server = await serve({ db: app.db, clock: () => new Date(now) });
});
beforeEach(() => {
  now += 2 * HOUR_MS; // what was counted before is forgotten
});
afterAll(() => server.stop());

const leave = (id: string = randomUUID()) =>
  `leaveSession(input: { entitlementId: "${id}" }) { userErrors { code } }`;
const lock = (id: string) =>
  `setRefundLock(input: { entitlementId: "${id}", isLocked: true, comments: "x" }) { userErrors { code } }`;
const refund = (id: string = randomUUID(), wish = "REQUEST") =>
  `unenrollAndRefund(input: { entitlementId: "${id}", refund: ${wish} }) { refund { id } userErrors { code } }`;
const mutation = (...fields: string[]) =>
  `mutation { ${fields.map((field, place) => `m${place}: ${field}`).join(" ")} }`;
const times = (count: number, field: () => string) => Array.from({ length: count }, field);

/** A number of mutations of an actor, in few requests. */
async function spend(actor: Actor, count: number, field: () => string = leave): Promise<void> {
  for (let left = count; left > 0; left -= 15) {
    const { status, body } = await server.ask(actor, mutation(...times(Math.min(left, 15), field)));
    expect({ status, errors: body.errors }).toEqual({ status: 200 });
  }
}

const codeOf = ({ status, body }: Answer) => [status, body.errors?.[0]?.extensions["code"]];
const FINE = [200, undefined];
const TOO_FAST = [429, "RATE_LIMITED"];

test("the 61st mutation within a minute is refused with 429 and the time to wait, and changes nothing", async () => {
  const id = await anEntitlement(app);
  await spend(grace, 30);
  now += 20_500;
  await spend(grace, 30);
  const answer = await server.ask(grace, mutation(lock(id)));
  expect(codeOf(answer)).toEqual(TOO_FAST);
  expect(answer.headers.get("retry-after")).toBe("40");
  expect(answer.body).toEqual({
    errors: [
      {
        message: "At most 60 mutations a minute are allowed. Try again in 40 s.",
        extensions: { code: "RATE_LIMITED", retryAfterSeconds: 40 },
      },
    ],
  });
  const isLocked = async () => {
    const [row] = await app.db.query<{ refund_locked: boolean }[]>(
      "select refund_locked from course_entitlement where id = $1",
      [id],
    );
    return row!.refund_locked;
  };
  expect(await isLocked()).toBe(false);
  now += 40_000;
  expect(codeOf(await server.ask(grace, mutation(lock(id))))).toEqual(FINE);
  expect(await isLocked()).toBe(true);
});

test("an actor over the limit can still send queries, and other actors are not affected", async () => {
  await spend(ada, 60);
  expect(codeOf(await server.ask(ada, mutation(leave())))).toEqual(TOO_FAST);
  expect(codeOf(await server.ask(ada, "{ viewer { id } }"))).toEqual(FINE);
  expect(codeOf(await server.ask(bob, mutation(leave())))).toEqual(FINE);
});

test("each mutation of a request counts, and a request over the limit is refused as a whole", async () => {
  await spend(ada, 58);
  const three = `mutation { ...A ...B } fragment A on Mutation { __typename a: ${leave()} ...B }
    fragment B on Mutation { ... { b: ${leave()} } }`;
  expect(codeOf(await server.ask(ada, three))).toEqual(TOO_FAST);
  await spend(ada, 2); // the refused ones do not count
  expect(codeOf(await server.ask(ada, mutation(leave())))).toEqual(TOO_FAST);
  expect(codeOf(await server.ask(ada, "mutation { __typename }"))).toEqual(FINE);
});

/** How many refunds are stored for an entitlement. */
const refundsOf = (entitlementId: string) => app.db.manager.countBy(Refund, { entitlementId });

/** Requests the refund of a number of Ada's orders, as an actor; returns the ids of the entitlements. */
async function payBack(actor: Actor, count: number, at = server): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const id = await anEntitlement(app);
    const { status, body } = await at.ask(actor, mutation(refund(id)));
    expect({ status, body }).toMatchObject({ status: 200, body: { data: { m0: { userErrors: [] } } } });
    ids.push(id);
  }
  return ids;
}

test("a learner can request ten refunds in an hour; the next request is refused with the time to wait, and is not stored", async () => {
  await payBack(ada, 10);
  now += 30 * MINUTE_MS;
  const id = await anEntitlement(app);
  const answer = await server.ask(ada, mutation(refund(id)));
  expect(codeOf(answer)).toEqual(TOO_FAST);
  expect(answer.headers.get("retry-after")).toBe("1800");
  expect(answer.body).toEqual({
    errors: [
      {
        message: "At most 10 refunds an hour are allowed. Try again in 1800 s. Nothing has changed.",
        path: ["m0"],
        locations: [{ line: 1, column: 12 }],
        extensions: { code: "RATE_LIMITED", retryAfterSeconds: 1_800 },
      },
    ],
  });
  expect(await refundsOf(id)).toBe(0);
  expect(codeOf(await server.ask(ada, mutation(leave())))).toEqual(FINE);
  now += 30 * MINUTE_MS;
  await payBack(ada, 1);
});

test("only refunds that reach the shop count: not refusals, repeated requests, or leaving without a refund", async () => {
  const [done] = await payBack(ada, 1);
  const noOrder = await anEntitlement(app, { orderNumber: null });
  const old = await anEntitlement(app, { createdAt: ago(400) });
  const locked = await anEntitlement(app, { refundLocked: true });
  const refusedBefore = [noOrder, old, locked, randomUUID(), done!].map((id) => refund(id));
  for (let round = 0; round < 3; round++) {
    now += MINUTE_MS;
    const skipped = await anEntitlement(app);
    expect(codeOf(await server.ask(ada, mutation(...refusedBefore, refund(skipped, "SKIP"))))).toEqual(FINE);
  }
  await payBack(ada, 9);
  expect(codeOf(await server.ask(ada, mutation(refund(done))))).toEqual(FINE);
  expect(codeOf(await server.ask(ada, mutation(refund(noOrder))))).toEqual(FINE);
  expect(codeOf(await server.ask(ada, mutation(refund(await anEntitlement(app)))))).toEqual(TOO_FAST);
});

test.each<[string, number, RefundOutcome]>([
  ["could not be reached is not counted", 12, { kind: "notSent", cause: "ECONNREFUSED" }],
  ["has refused is counted", 10, { kind: "refused", code: "NO" }],
])("a refund for which the shop %s", async (_what, allowed, outcome) => {
  const refunds = { isKeyed: true, isPaused: false, request: () => Promise.resolve(outcome) };
  const at = await serve({ db: app.db, clock: () => new Date(now), refunds });
  const codes = [];
  for (let asked = 0; asked < 12; asked++)
    codes.push(codeOf(await at.ask(ada, mutation(refund(await anEntitlement(app))))));
  expect(codes.filter(([status]) => status === 200)).toHaveLength(allowed);
  await at.stop();
});

test("simultaneous refund requests are counted exactly", async () => {
  const at = await serve({ db: app.db, clock: () => new Date(now) }, { REFUNDS_PER_HOUR: "3" });
  const ids = await Promise.all(times(6, () => "").map(() => anEntitlement(app)));
  const answers = await Promise.all(ids.map((id) => at.ask(ada, mutation(refund(id)))));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  const stored = await Promise.all(ids.map(refundsOf));
  expect(stored.filter((count) => count === 1)).toHaveLength(3);
  await at.stop();
});

test("of several refunds in one request, those within the limit are made, and the others are refused", async () => {
  await payBack(ada, 9);
  const ids = [await anEntitlement(app), await anEntitlement(app)];
  const answer = await server.ask(ada, mutation(...ids.map((id) => refund(id))));
  expect(codeOf(answer)).toEqual([200, "RATE_LIMITED"]);
  expect(answer.body.data).toMatchObject({ m0: { userErrors: [] }, m1: null });
  expect(await Promise.all(ids.map(refundsOf))).toEqual([1, 0]);
});

test("agents have a higher limit of refunds, because they act for many learners", async () => {
  const limits = { REFUNDS_PER_HOUR: "1", AGENT_REFUNDS_PER_HOUR: "3", MUTATIONS_PER_MINUTE: "5" };
  const at = await serve({ db: app.db, clock: () => new Date(now) }, limits);
  for (const [actor, most] of [
    [ada, 1],
    [grace, 3],
    [hopper, 3],
  ] as const) {
    await payBack(actor, most, at);
    const answer = await at.ask(actor, mutation(refund(await anEntitlement(app))));
    expect(answer.body.errors![0]!.message).toContain(`At most ${most} refunds an hour are allowed.`);
  }
  expect(codeOf(await at.ask(bob, mutation(...times(6, leave))))).toEqual([400, "LIMIT_EXCEEDED"]);
  await at.stop();
});

test("services have no limit", async () => {
  await spend(shop, 75);
  await payBack({ ...shop, isStaff: true }, 12);
});

test("the token and the permission are checked before the rate limit", async () => {
  await spend(ada, 60);
  const headers = { "content-type": "application/json", authorization: `${await authorization(ada)}x` };
  const body = JSON.stringify({ query: mutation(leave()) });
  expect(codeOf(await send(`${server.url}/graphql`, { method: "POST", headers, body }))).toEqual([
    401,
    "UNAUTHENTICATED",
  ]);
  expect(codeOf(await server.ask(null, mutation(leave())))).toEqual([401, "UNAUTHENTICATED"]);
  expect(codeOf(await server.ask(ada, mutation(lock(randomUUID()))))).toEqual([403, "FORBIDDEN"]);
  expect(codeOf(await server.ask(ada, mutation(...times(16, leave))))[1]).toBe("LIMIT_EXCEEDED");
  expect(codeOf(await server.ask(ada, mutation(leave())))).toEqual(TOO_FAST);
});

/** Asks a new limiter for a number of commands in one request. */
const asker = () => {
  const limit = rateLimiter({ ...app, clock: () => new Date(now) });
  return (actor: Actor, commands: number) => limit(commands, actor);
};

test("no span of a minute has more than 60 mutations, and a caller who waits as told is admitted", () => {
  const requests = fc.array(
    fc.record({ pauseMs: fc.integer({ min: 0, max: 20_000 }), fields: fc.integer({ min: 1, max: 20 }) }),
    { maxLength: 60 },
  );
  const check = (asked: { pauseMs: number; fields: number }[]) => {
    now += 2 * HOUR_MS;
    const ask = asker();
    const done: number[] = [];
    for (const { pauseMs, fields } of asked) {
      now += pauseMs;
      const refusal = ask(ada, fields);
      const lately = done.filter((time) => time > now - MINUTE_MS).length;
      expect(refusal === null).toBe(lately + fields <= 60);
      if (refusal) {
        now += Number(refusal.retryAfterSeconds) * 1000;
        expect(ask(ada, fields)).toBeNull();
      }
      done.push(...Array.from({ length: fields }, () => now));
    }
  };
  fc.assert(fc.property(requests, check));
});

test("a clock that is set back locks no actor out", () => {
  const ask = asker();
  for (let spent = 0; spent < 60; spent += 20) expect(ask(ada, 20)).toBeNull();
  expect(ask(ada, 1)).not.toBeNull();
  now -= HOUR_MS;
  expect(ask(ada, 1)).toBeNull();
});

test("only the last 10,000 actors are remembered, so that memory has an end", () => {
  const ask = asker();
  for (let spent = 0; spent < 60; spent += 20) ask(ada, 20);
  for (let id = 1_001; id < 11_000; id++) ask({ ...ada, username: `learner${id}` }, 1);
  expect(ask(ada, 1)).not.toBeNull();
  ask({ ...ada, username: "learner11000" }, 1);
  expect(ask(ada, 1)).toBeNull();
});

test("an account has one limit, whether its token has the user id or only the username", () => {
  const ask = asker();
  const named = (username: string): Actor => ({ ...ada, userId: null, username });
  for (let spent = 0; spent < 60; spent += 20) ask(spent === 20 ? named("ada") : ada, 20);
  expect(ask(ada, 1)).not.toBeNull();
  expect(ask(named("ada"), 1)).not.toBeNull();
  expect(ask(named(ada.userId!), 1)).toBeNull();
  expect(ask(named("bob"), 1)).toBeNull();
});
