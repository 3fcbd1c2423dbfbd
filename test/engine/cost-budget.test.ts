import type { Actor } from "../../src/auth/actor";
import {
  BYTES_OF_AN_OBJECT,
  costBudget,
  FREE_BYTES,
  FREE_WORK,
  LARGE_COST,
} from "../../src/engine/cost-budget";
import { LIMITS } from "../../src/engine/documents/limits";
import { ada, auditor, bob, useDemoApp } from "../support/demo-app";
import { serve } from "../support/http";

const app = useDemoApp();
const E = "{ id sessions { id } course { runs { id } } }";
const LARGE = `{ viewer { entitlements(first: 100) { edges { node ${E} } } } }`;
const SMALL = `{ viewer { entitlements(first: 20) { edges { node ${E} } } } }`;
const MUCH = `fragment Much on CourseEntitlement { id courseUuid mode orderNumber isRefundLocked createdAt modifiedAt expiredAt isExpired state
  policy { id mode expirationPeriod refundPeriod regainPeriod } user { username } redeemBlocker regainBlocker }`;
const COST_OF_LARGE = 100 * (1 + 25 + 25);

test("large operations are charged to their actor's budget of the minute, and their answers report it", async () => {
  let now = new Date();
  const server = await serve({ ...app, clock: () => now });
  const costOf = (text: string) => (JSON.parse(text) as { extensions?: { cost: object } }).extensions?.cost;
  const limit = app.config.costPerMinute;
  const most = Math.floor(limit / COST_OF_LARGE);
  for (let asked = 1; asked <= most; asked++) {
    const { status, text } = await server.ask(ada, LARGE);
    expect(status).toBe(200);
    const remaining = limit - asked * COST_OF_LARGE;
    expect(costOf(text)).toEqual({ requested: COST_OF_LARGE, remaining, limit });
  }
  const refused = await server.ask(ada, LARGE);
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("60");
  expect(refused.body.errors![0]!.extensions["code"]).toBe("RATE_LIMITED");
  expect((await server.ask(ada, SMALL)).text).not.toContain("extensions");
  expect((await server.ask(bob, LARGE)).status).toBe(200);
  now = new Date(now.getTime() + 60_000);
  expect((await server.ask(ada, LARGE)).status).toBe(200);
  await server.stop();
});

test("an operation that is just not large is charged when its answer is long, so that it cannot be repeated for ever", async () => {
  let now = new Date();
  const server = await serve({ ...app, clock: () => now }, { COST_PER_MINUTE: "6000" });
  const page = (alias: number) => `a${alias}: entitlements(first: 100) { edges { node { ...Much } } }`;
  const pages = Array.from({ length: 14 }, (_, alias) => page(alias));
  const document = `{ viewer { ${pages.join(" ")} } } ${MUCH}`;
  const { text } = await server.ask(ada, document);
  expect(text.length).toBeGreaterThan(FREE_BYTES);
  expect(text).not.toContain("extensions");
  let answered = 1;
  while ((await server.ask(ada, document)).status === 200) answered++;
  expect(answered).toBe(Math.ceil(6_000 / Math.ceil(Buffer.byteLength(text) / BYTES_OF_AN_OBJECT)));
  const refused = await server.ask(ada, SMALL);
  expect(refused.status).toBe(429);
  expect(refused.text).toContain('"remaining":0');
  expect((await server.ask(bob, document)).status).toBe(200);
  now = new Date(now.getTime() + 60_000);
  expect((await server.ask(ada, SMALL)).status).toBe(200);
  await server.stop();
});

test("a look at another time costs four objects, and a total number two hundred", async () => {
  const server = await serve(app);
  const requested = async (document: string) =>
    (JSON.parse((await server.ask(ada, document)).text) as { extensions: { cost: { requested: number } } })
      .extensions.cost.requested;
  const looks = Array.from({ length: 8 }, (_, n) => `a${n}: asOf(at: "2026-06-01T00:00:0${n}Z") { state }`);
  const viewer = (selection: string) => `{ viewer { entitlements(first: 100) { ${selection} } } }`;
  expect(await requested(viewer(`edges { node { ${looks.join(" ")} } }`))).toBe(100 * (1 + 8 * 4));
  expect(
    await requested(viewer(`edges { node { ${looks.join(" ")} sessions { id } course { runs { id } } } }`)),
  ).toBe(LIMITS.objects);
  const large = "edges { node { sessions { id } course { runs { id } } } }";
  expect(await requested(viewer(`totalCount ${large}`))).toBe(COST_OF_LARGE + 200);
  await server.stop();
});

test("looks at other times, proofs and total numbers are charged as they were made, however short their answer is", async () => {
  const server = await serve(app, { COST_PER_MINUTE: "6000" });
  const costOf = async (document: string) => {
    const { status, text } = await server.ask(auditor, document);
    expect([status, text.length < FREE_BYTES]).toEqual([200, true]);
    return (JSON.parse(text) as { extensions?: { cost: { requested: number; remaining: number } } })
      .extensions?.cost;
  };
  const aliases = (count: number, one: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => one(n)).join(" ");
  const looks = (count: number) =>
    `{ entitlements(first: 10) { edges { node { ${aliases(count, (n) => `a${n}: asOf(at: "2026-06-01T00:00:${10 + n}Z") { state }`)} } } } }`;
  const steps = ["previous { id }", "next { id }", "state { __typename }", "revertedTo { id }"];
  expect(await costOf(looks(1))).toBeUndefined();
  expect(await costOf("{ entitlements(first: 20) { totalCount edges { node { id } } } }")).toBeUndefined();
  const totals = `{ ${aliases(3, (n) => `a${n}: entitlements(first: 1) { totalCount }`)} }`;
  expect(await costOf(totals)).toEqual({ requested: 600, remaining: 5_400, limit: 6_000 });
  const asked = 10 * Math.floor(FREE_WORK / 10 / 4) + 10; // one look for each entitlement more than what is free
  expect(await costOf(looks(asked / 10))).toMatchObject({ requested: 4 * asked });
  const cost = await costOf(
    `{ history(first: 60) { edges { node { ${aliases(2, (n) => `a${n}: state { __typename }`)} ${steps.join(" ")} } } } }`,
  );
  expect(cost!.requested).toBeGreaterThan(FREE_WORK);
  const document = looks(asked / 10);
  let status = 200;
  for (let times = 0; times < 20 && status === 200; times++)
    ({ status } = await server.ask(auditor, document));
  expect(status).toBe(429);
  expect((await server.ask(bob, SMALL)).status).toBe(200);
  await server.stop();
});

test("an answer of ordinary length costs nothing, and services have no budget", () => {
  const actor: Actor = { ...ada, userId: "1" };
  const limit = app.config.costPerMinute;
  const billOf = costBudget(app);
  for (let times = 0; times < 2 * (limit / (FREE_BYTES / BYTES_OF_AN_OBJECT)); times++) {
    const bill = billOf(actor);
    expect(bill.before(LARGE_COST)).toBeNull();
    expect(bill.worked(FREE_WORK)).toBeNull();
    bill.after(FREE_BYTES);
  }
  billOf(actor).after(limit * BYTES_OF_AN_OBJECT);
  expect(billOf(actor).before(0)?.retryAfterSeconds).toBe(60);
  billOf({ ...actor, isService: true }).after(limit * BYTES_OF_AN_OBJECT);
  expect(billOf({ ...actor, isService: true }).before(LIMITS.objects)).toBeNull();
});
