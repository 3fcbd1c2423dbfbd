import { ada, bob, useDemoApp } from "../support/demo-app";
import { serve } from "../support/http";

const app = useDemoApp();
const E = "{ id sessions { id } course { runs { id } } }";
const LARGE = `{ viewer { entitlements(first: 100) { edges { node ${E} } } } }`;
const SMALL = `{ viewer { entitlements(first: 20) { edges { node ${E} } } } }`;
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
