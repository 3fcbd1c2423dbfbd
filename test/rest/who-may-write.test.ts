import type { Actor } from "../../src/auth/actor";
import { runKey } from "../../src/demo/catalog";
import { ada, auditor, bob, grace, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";
import { asRest, example, hopper, newOrder, shop } from "./asking";

const app = useDemoApp();
let server: TestServer;
let reader: TestServer;
let ask: ReturnType<typeof asRest>;
beforeAll(async () => {
  server = await serve(app, { REST_FACADE: "on" });
  reader = await serve(app, { REST_FACADE: "read-only" });
  ask = asRest(server);
});
afterAll(() => Promise.all([server.stop(), reader.stop()]));

const ASKING: Record<string, Actor | null> = {
  anonymous: null,
  owner: ada,
  "other learner": bob,
  support: grace,
  service: shop,
  auditor,
  staff: hopper,
  "staff with a token that only reads": { ...hopper, isReadOnly: true },
};
const order = () => ({ body: newOrder() });
const gift = () => ({
  body: { ...newOrder(), order_number: null, support_details: [{ comments: "A gift" }] },
});
const chosen = () => ({ body: { course_run_id: runKey(3, "open") } });
const nothing = () => ({ body: {} });

/** A request, and its status for each who may ask, in the order of the table above. */
const REQUESTS: [method: string, address: string, init: () => { body?: object }, statuses: number[]][] = [
  ["POST", "entitlements/", order, [401, 403, 403, 403, 201, 403, 201, 403]],
  ["POST", "entitlements/", gift, [401, 403, 403, 201, 403, 403, 201, 403]],
  ["PATCH", `entitlements/${example(1)}/`, nothing, [401, 403, 403, 200, 403, 403, 200, 403]],
  ["DELETE", `entitlements/${example(13)}/`, () => ({}), [401, 403, 403, 204, 204, 403, 204, 403]],
  ["PUT", `entitlements/${example(1)}/`, nothing, [401, 405, 405, 405, 405, 405, 405, 405]],
  ["POST", `entitlements/${example(3)}/enrollments`, chosen, [401, 201, 400, 400, 400, 403, 400, 403]],
  ["DELETE", `entitlements/${example(1)}/enrollments`, () => ({}), [401, 204, 400, 400, 400, 403, 400, 403]],
  ["OPTIONS", `entitlements/${example(1)}/enrollments`, () => ({}), [401, 200, 200, 200, 200, 200, 200, 200]],
  ["GET", `entitlements/${example(1)}/enrollments`, () => ({}), [401, 405, 405, 405, 405, 405, 405, 405]],
];

test.each(REQUESTS)("who may send %s %s", async (method, address, init, statuses) => {
  const answered: [string, number][] = [];
  for (const [name, asking] of Object.entries(ASKING))
    answered.push([name, (await ask(asking, address, { method, ...init() })).status]);
  expect(answered).toEqual(Object.keys(ASKING).map((name, place) => [name, statuses[place]]));
});

test("R4, R5: who is refused is told so in the words of the original, whatever the request holds", async () => {
  for (const [method, address, body] of [
    ["POST", "entitlements/", newOrder()],
    ["POST", "entitlements/", "no JSON"],
    ["DELETE", `entitlements/${example(1)}/`, undefined],
  ] as const) {
    const { status, text } = await ask(ada, address, { method, ...(body && { body }) });
    expect({ status, text }).toEqual({
      status: 403,
      text: `{"detail":"You do not have permission to perform this action."}`,
    });
  }
});

test("while this service is only read, who may write is told to try again later, and nothing is changed", async () => {
  const count = () => app.db.query("select count(*) from course_entitlement");
  const before = await count();
  for (const [asking, method, address] of [
    [shop, "POST", "entitlements/"],
    [hopper, "PATCH", `entitlements/${example(1)}/`],
    [shop, "DELETE", `entitlements/${example(1)}/`],
    [ada, "POST", `entitlements/${example(1)}/enrollments`],
    [ada, "DELETE", `entitlements/${example(1)}/enrollments?is_refund=true`],
  ] as const) {
    const { status, headers, body } = await asRest(reader)(asking, address, { method, body: newOrder() });
    expect({ status, body }).toEqual({ status: 503, body: { detail: expect.any(String) as string } });
    expect(headers.get("retry-after")).toBe("60");
    expect((await asRest(reader)(null, address, { method })).status).toBe(401);
  }
  expect(await count()).toEqual(before);
});

test("OPTIONS names the methods of an address", async () => {
  const methodsOf = async (address: string) =>
    (await ask(ada, address, { method: "OPTIONS" })).headers.get("allow");
  expect(await methodsOf("entitlements/")).toBe("GET, POST, HEAD, OPTIONS");
  expect(await methodsOf(`entitlements/${example(1)}/`)).toBe("GET, PATCH, DELETE, HEAD, OPTIONS");
  expect(await methodsOf(`entitlements/${example(1)}/enrollments`)).toBe("POST, DELETE, OPTIONS");
});
