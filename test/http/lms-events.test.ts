import { createHmac } from "node:crypto";
import { ada } from "../support/demo-app";
import { send, serve, type TestServer } from "../support/http";
import { aCourse, anEntitlement, redeem, settingsFor, standing, useLms } from "../support/lms";
import { enrollmentData, lookAfter, looksDue, TYPES } from "../support/lms-events";

const SECRET = "a-secret-of-at-least-32-characters";
const beside = useLms();
const userId = ada.userId!;
let server: TestServer;
beforeAll(async () => {
  server = await serve(beside.app, { ...settingsFor(beside.edx), EVENTS_SECRET: SECRET });
});
afterAll(() => server.stop());

/** What is sent otherwise than the plug-in does. */
interface Given {
  secret?: string;
  at?: number | string;
  headers?: object;
  path?: string;
}

let made = 0;
const cloudEvent = (fields: object = {}) =>
  JSON.stringify({
    specversion: "1.0",
    id: `event-${++made}`,
    type: TYPES.left,
    source: "openedx/lms/web",
    time: "2026-01-01T00:00:00+00:00",
    ...fields,
  });

/** Posts a body as the plug-in does; what is given stands in for what it would sign or send. */
async function post(body: string, given: Given = {}) {
  const { secret = SECRET, at = Math.floor(beside.app.clock().getTime() / 1_000), path = "" } = given;
  const signature = createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
  return send(`${server.url}/lms-events${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(path === "" && { "x-timestamp": String(at), "x-signature": `sha256=${signature}` }),
      ...given.headers,
    },
    body,
  });
}

async function aRedeemedOne() {
  const { courseUuid, one } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  await redeem(beside, entitlementId, one);
  return { one, entitlementId };
}

test("a signed event is queued once, and what the LMS then says is recorded", async () => {
  const { one, entitlementId } = await aRedeemedOne();
  beside.edx.others.deactivate("ada", one);
  const body = cloudEvent({ data: enrollmentData(userId, one) });
  expect(await post(body)).toMatchObject({ status: 202, body: { result: "QUEUED" } });
  expect(await post(body)).toMatchObject({ status: 200, body: { result: "KNOWN" } });
  await lookAfter(beside.app);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
});

test("an event that concerns no learner of ours is taken, and queues nothing", async () => {
  const { one } = await aRedeemedOne();
  const body = cloudEvent({ data: enrollmentData("4711", one) });
  expect(await post(body)).toMatchObject({ status: 200, body: { result: "FOREIGN" } });
  expect(await looksDue(beside.app)).toEqual([]);
});

const refusedFor: [string, Given][] = [
  ["another secret", { secret: "another secret of 32 characters or more" }],
  ["no signature", { headers: { "x-signature": "" } }],
  ["a signature without its kind", { headers: { "x-signature": "00" } }],
  ["a time that was changed", { headers: { "x-timestamp": "1700000000" } }],
  ["a time 6 minutes ago", { at: -360 }],
  ["a time in 6 minutes", { at: 360 }],
  ["a time that is no number", { at: "now" }],
  ["the secret of another in its address", { path: "/another" }],
  ["no secret in its address", { path: "/" }],
];
test.each(refusedFor)(
  "a request with %s is refused, and its event is not noted",
  async (_what, { at, ...given }) => {
    const { one } = await aRedeemedOne();
    const now = Math.floor(beside.app.clock().getTime() / 1_000);
    const body = cloudEvent({ data: enrollmentData(userId, one) });
    const refused = await post(body, {
      ...given,
      ...(at !== undefined && { at: typeof at === "number" ? now + at : at }),
    });
    expect(refused).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] },
    });
    expect(await looksDue(beside.app)).toEqual([]);
  },
);

test.each([
  [
    "an unknown type",
    () => cloudEvent({ type: "org.openedx.learning.forum.thread.created.v1" }),
    "UNKNOWN_TYPE",
  ],
  ["no data", () => cloudEvent(), "MALFORMED"],
  ["another version of CloudEvents", () => cloudEvent({ specversion: "0.3" }), "MALFORMED"],
  ["no object", () => "[]", "MALFORMED"],
])("an event with %s is refused for good", async (_what, body, code) => {
  expect(await post(body())).toMatchObject({ status: 422, body: { errors: [{ extensions: { code } }] } });
});

test("an event of more than 64 kB is refused, and one of just as much is read", async () => {
  const filled = (bytes: number) => {
    const empty = cloudEvent({ data: { text: "" } });
    return empty.replace('"text":""', `"text":"${"x".repeat(bytes - empty.length)}"`);
  };
  expect(await post(filled(65_537))).toMatchObject({ status: 413 });
  expect(await post(filled(65_536))).toMatchObject({ status: 422 });
});

test("what is no JSON is refused, and so is every method but POST", async () => {
  expect(await post("{")).toMatchObject({ status: 400 });
  const { status, headers } = await send(`${server.url}/lms-events`);
  expect([status, headers.get("allow")]).toEqual([405, "POST"]);
});

test("the package openedx-webhooks sends events to the address that ends in the secret", async () => {
  const { one, entitlementId } = await aRedeemedOne();
  beside.edx.others.deactivate("ada", one);
  const { enrollment } = enrollmentData(userId, one);
  const body = JSON.stringify({
    "openedx_events.learning.data.CourseEnrollmentData": {
      ...enrollment,
      user: { ...enrollment.user, id: userId },
    },
    event_metadata: { id: `event-${++made}`, event_type: TYPES.left, minorversion: 0, sourcelib: [8, 1, 0] },
  });
  const path = `/${SECRET}`;
  expect(await post(body, { path })).toMatchObject({ status: 202 });
  await lookAfter(beside.app);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
  expect(await post(body)).toMatchObject({ status: 422 });
});

test("neither the secret nor personal data of an event reaches the log or the database", async () => {
  const { one } = await aRedeemedOne();
  await post(cloudEvent({ data: enrollmentData(userId, one) }));
  await post(cloudEvent({ data: { enrollment: { user: { pii: { email: "private@demo.example" } } } } }));
  const told =
    JSON.stringify(server.logged) + JSON.stringify(await beside.app.db.query("select * from reconcile_due"));
  expect(told).not.toMatch(/private@|Private Name|32-characters/);
});

test("events are counted by what became of them", async () => {
  const { text } = await send(`${server.url}/metrics`);
  expect(text).toMatch(/lms_events_total\{way="webhook",outcome="QUEUED"\} \d+/);
  expect(text).toMatch(/lms_events_total\{way="webhook",outcome="UNSIGNED"\} \d+/);
  expect(text).toMatch(/lms_looks_due\{state="ENROLLMENT"\} 1/);
  expect(text).not.toMatch(/secret|lms_event_bus_up\{/);
});

test("without EVENTS_SECRET there is no such address", async () => {
  const without = await serve(beside.app, settingsFor(beside.edx));
  expect((await send(`${without.url}/lms-events`, { method: "POST", body: "{}" })).status).toBe(404);
  await without.stop();
});
