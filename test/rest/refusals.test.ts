import type { Actor } from "../../src/auth/actor";
import { courseUuid, runKey } from "../../src/demo/catalog";
import { Refusal, REFUSAL_CODES, type RefusalCode } from "../../src/refusal";
import type { RestRequest } from "../../src/rest/answer";
import { REFUSAL_ANSWERS } from "../../src/rest/refusals";
import { ada, bob, grace, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";
import { asRest, example, hopper, newOrder, shop, type Shown } from "./asking";

const QUICK = { REFUND_DEADLINE_MS: "100" };

const app = useDemoApp(QUICK);
let server: TestServer;
let ask: ReturnType<typeof asRest>;
beforeAll(async () => {
  server = await serve(app, { REST_FACADE: "on", MUTATIONS_PER_MINUTE: "10000", ...QUICK });
  ask = asRest(server);
});
/** Servers with stricter limits, which tests start. */
const strict: TestServer[] = [];
async function strictly(settings: Record<string, string>) {
  const started = await serve({ db: app.db }, { REST_FACADE: "on", ...settings });
  strict.push(started);
  return started;
}
afterAll(() => Promise.all([server, ...strict].map((each) => each.stop())));

/** The word of the original. */
const UNENROLL = "unenroll";
const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const item = (id: string) => `entitlements/${id}/`;
const enrollments = (place: number) => `entitlements/${example(place)}/enrollments`;
const gone = "The Entitlement for this UUID does not exist or is Expired.";
const note = { comments: "As asked." };
const noted = (fields: object) => ({ ...fields, support_details: [note] });
const choice = (run: string) => ({ course_run_id: run });

/** What the original answers, or what we do where it lets happen what we refuse. */
const RECORDED: [
  what: string,
  asking: Actor,
  method: string,
  address: string,
  body: unknown,
  status: number,
  answered: unknown,
][] = [
  [
    "R3: neither mode nor course",
    shop,
    "POST",
    "entitlements/",
    { user: "bob" },
    400,
    {
      course_uuid: ["This field is required."],
      mode: ["This field is required."],
    },
  ],
  [
    "an unknown learner",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), user: "nobody_here" },
    400,
    {
      user: ["Object with username=nobody_here does not exist."],
    },
  ],
  [
    "a course that is no UUID",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), course_uuid: "DemoX+1" },
    400,
    {
      course_uuid: ["Must be a valid UUID."],
    },
  ],
  [
    "a blank order number",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), order_number: "" },
    400,
    {
      order_number: ["This field may not be blank."],
    },
  ],
  [
    "a long order number",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), order_number: "1".repeat(129) },
    400,
    {
      order_number: ["Ensure this field has no more than 128 characters."],
    },
  ],
  [
    "a NUL",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), order_number: "A\0B" },
    400,
    {
      order_number: ["Null characters are not allowed."],
    },
  ],
  [
    "half a character, as two such order numbers would be stored as one",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), order_number: "EDX-\ud800-9" },
    400,
    {
      order_number: ["Surrogate characters are not allowed."],
    },
  ],
  [
    "comments of invisible characters",
    grace,
    "PATCH",
    item(example(1)),
    { expired_at: null, support_details: [{ comments: "\u200b\u2800\u00ad" }] },
    400,
    {
      support_details: ["comments: This field may not be blank."],
    },
  ],
  [
    "a lock that is no truth value",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), refund_locked: "perhaps" },
    400,
    {
      refund_locked: ["Must be a valid boolean."],
    },
  ],
  [
    "a mode of null",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), mode: null },
    400,
    {
      mode: ["This field may not be null."],
    },
  ],
  [
    "a mode that is not sold",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), mode: "audit" },
    400,
    {
      mode: ["This course mode is not sold."],
    },
  ],
  [
    "one that has expired from the start",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), expired_at: "2020-01-01T00:00:00Z" },
    400,
    {
      expired_at: ["A new entitlement cannot have expired."],
    },
  ],
  [
    "neither an order nor comments",
    hopper,
    "POST",
    "entitlements/",
    { ...newOrder(), order_number: null },
    400,
    {
      support_details: ["This field is required where there is no order_number."],
    },
  ],
  [
    "a support detail without comments",
    grace,
    "POST",
    "entitlements/",
    { ...newOrder(), support_details: [{ action: "CREATE" }] },
    400,
    {
      support_details: ["comments: This field is required."],
    },
  ],
  [
    "two support details",
    grace,
    "POST",
    "entitlements/",
    { ...newOrder(), support_details: [note, note] },
    400,
    {
      support_details: ["Ensure this field has no more than 1 elements."],
    },
  ],
  [
    "the order of another learner",
    shop,
    "POST",
    "entitlements/",
    { ...newOrder(), user: "ada", course_uuid: courseUuid(2), order_number: "TAKEN" },
    400,
    {
      non_field_errors: ["The fields course_uuid, order_number must make a unique set."],
    },
  ],
  [
    "a change to an unknown entitlement",
    grace,
    "PATCH",
    item(UNKNOWN),
    noted({ expired_at: null }),
    400,
    `Could not find entitlement ${UNKNOWN} to update`,
  ],
  [
    "a revocation of an unknown entitlement",
    shop,
    "DELETE",
    item(UNKNOWN),
    undefined,
    404,
    { detail: "Not found." },
  ],
  [
    "a run that the learner is not in",
    grace,
    "PATCH",
    item(example(1)),
    { expired_at: null, support_details: [{ ...note, unenrolled_run: "course-v1:X+Y+Z" }] },
    400,
    `Error raised while trying to ${UNENROLL} user ada from course run course-v1:X+Y+Z: the entitlement is not redeemed for it`,
  ],
  [
    "a change without comments",
    grace,
    "PATCH",
    item(example(1)),
    { refund_locked: true },
    400,
    {
      support_details: ["This field is required."],
    },
  ],
  [
    "comments without a change",
    grace,
    "PATCH",
    item(example(1)),
    noted({}),
    400,
    {
      support_details: ["There is no change to comment on."],
    },
  ],
  [
    "two changes at once",
    hopper,
    "PATCH",
    item(example(1)),
    noted({ mode: "professional", refund_locked: true }),
    400,
    {
      non_field_errors: ["Change mode and refund_locked by one request each."],
    },
  ],
  [
    "another course",
    hopper,
    "PATCH",
    item(example(1)),
    noted({ course_uuid: courseUuid(2) }),
    400,
    {
      course_uuid: ["The course of an entitlement cannot be changed: revoke it, and create another."],
    },
  ],
  [
    "another order",
    hopper,
    "PATCH",
    item(example(1)),
    noted({ order_number: "OTHER" }),
    400,
    {
      order_number: ["The order of an entitlement cannot be changed: revoke it, and create another."],
    },
  ],
  [
    "an expiry in the future",
    grace,
    "PATCH",
    item(example(1)),
    noted({ expired_at: "2200-01-01T00:00:00Z" }),
    400,
    {
      expired_at: ["An entitlement can only be expired as of now."],
    },
  ],
  [
    "an expiry that is no instant",
    grace,
    "PATCH",
    item(example(1)),
    noted({ expired_at: "yesterday" }),
    400,
    {
      expired_at: [expect.stringMatching(/^Datetime has wrong format\. Use one of these formats instead: /)],
    },
  ],
  [
    "an expiry of what has expired",
    grace,
    "PATCH",
    item(example(8)),
    noted({ expired_at: "2020-01-01T00:00:00Z" }),
    400,
    gone,
  ],
  [
    "a mode by a support agent, who is not staff",
    grace,
    "PATCH",
    item(example(1)),
    noted({ mode: "professional" }),
    403,
    {
      detail: "You do not have permission to perform this action.",
    },
  ],
  [
    "a reissue after a refund",
    grace,
    "PATCH",
    item(example(12)),
    noted({ expired_at: null }),
    400,
    {
      message: "The order of this entitlement has been refunded. Nothing has changed.",
    },
  ],
  ["no run", ada, "POST", enrollments(1), {}, 400, "The Course Run ID was not provided."],
  [
    "no run, and a foreign entitlement",
    bob,
    "POST",
    enrollments(1),
    {},
    400,
    "The Course Run ID was not provided.",
  ],
  ["a foreign entitlement", bob, "POST", enrollments(1), choice(runKey(1, "open")), 400, gone],
  ["an unknown entitlement", ada, "DELETE", `entitlements/${UNKNOWN}/enrollments`, undefined, 400, gone],
  ["an expired entitlement", ada, "POST", enrollments(8), choice(runKey(8, "open")), 400, gone],
  ["leaving with an expired entitlement", ada, "DELETE", enrollments(8), undefined, 400, gone],
  [
    "a refund of an expired entitlement",
    ada,
    "DELETE",
    `${enrollments(8)}?is_refund=true`,
    undefined,
    400,
    gone,
  ],
  [
    "E7: a run of another course",
    ada,
    "POST",
    enrollments(1),
    choice(runKey(2, "open")),
    400,
    {
      message: "The Course Run ID is not a match for this Course Entitlement.",
    },
  ],
  [
    "an unknown run",
    ada,
    "POST",
    enrollments(1),
    choice("course-v1:X+Y+Z"),
    400,
    {
      message: "The Course Run ID is not a match for this Course Entitlement.",
    },
  ],
  [
    "a run that is closed",
    ada,
    "POST",
    enrollments(1),
    choice(runKey(1, "closed")),
    400,
    {
      message: `The User is unable to enroll in Course Run ${runKey(1, "closed")}, it is not available.`,
    },
  ],
  [
    "a run that the learner has bought",
    bob,
    "POST",
    enrollments(35),
    choice(runKey(1, "full")),
    400,
    {
      message: `Course Entitlement Enroll for bob failed for course: ${runKey(1, "full")}, and entitlement: ${example(35)}`,
    },
  ],
  [
    "a run that is no text",
    ada,
    "POST",
    enrollments(1),
    { course_run_id: [1] },
    400,
    {
      course_run_id: ["Not a valid string."],
    },
  ],
  [
    "E9: a refund when it is too late",
    ada,
    "DELETE",
    `${enrollments(16)}?is_refund=true`,
    undefined,
    400,
    {
      message: "Entitlement refund failed, Entitlement is not refundable",
    },
  ],
  [
    "E10: a refund that the shop refuses",
    ada,
    "DELETE",
    `${enrollments(30)}?is_refund=true`,
    undefined,
    500,
    {
      message: "Entitlement revoke and refund failed due to refund internal process failure",
    },
  ],
  [
    "leaving after the deadline",
    ada,
    "DELETE",
    enrollments(5),
    undefined,
    400,
    {
      message: expect.stringContaining("Nothing has changed."),
    },
  ],
  [
    "a list for a body",
    shop,
    "POST",
    "entitlements/",
    [1],
    400,
    {
      non_field_errors: ["Invalid data. Expected a dictionary."],
    },
  ],
];

test.each(RECORDED)(
  "%s is refused, and nothing changes",
  async (_, asking, method, address, body, status, answered) => {
    const order = { ...newOrder(), course_uuid: courseUuid(2), order_number: "TAKEN" };
    await ask(shop, "entitlements/", { method: "POST", body: order });
    const state = () =>
      app.db
        .query("select id, to_jsonb(e) from course_entitlement e order by id")
        .then((rows) => JSON.stringify(rows));
    const before = await state();
    const given = await ask(asking, address, { method, ...(body !== undefined && { body }) });
    expect({ status: given.status, answered: given.body }).toEqual({ status, answered });
    expect(given.headers.get("content-type")).toBe("application/json");
    expect(await state()).toBe(before);
  },
);

test("a refund to which the shop does not answer is 202, also when it is asked for again", async () => {
  for (let many = 0; many < 2; many++) {
    const { status, body } = await ask(ada, `${enrollments(31)}?is_refund=true`, { method: "DELETE" });
    const message = "The refund is requested. The shop has not answered yet.";
    expect({ status, body }).toEqual({ status: 202, body: { message } });
  }
  const { status } = await ask(ada, enrollments(31), { method: "DELETE" });
  expect(status).toBe(409);
});

test.each(Object.keys(REFUSAL_CODES) as RefusalCode[])("the refusal %s has an answer", (code) => {
  const request = {
    actor: ada,
    entitlementId: example(1),
    fields: { ...choice("a run"), user: "bob" },
  } as unknown as RestRequest;
  for (const blocker of [undefined, "EXPIRED", "RUN_UNKNOWN"]) {
    const { status, body } = REFUSAL_ANSWERS[code](
      new Refusal(code, "A reason.", { field: "entitlementId", ...(blocker !== undefined && { blocker }) }),
      request,
    );
    expect([400, 404, 409, 500, 503]).toContain(status);
    expect(JSON.stringify(body)).not.toMatch(/undefined|null/);
  }
});

test.each([
  ["a body that is no JSON", "{", {}, 400, "The body is not JSON."],
  [
    "another content type",
    "x",
    { "content-type": "text/plain" },
    415,
    "The content type must be application/json or application/x-www-form-urlencoded.",
  ],
  ["a body that is too long", "x".repeat(20_001), {}, 413, "The body has more than 20000 bytes."],
])("%s is refused", async (_, body, headers, status, text) => {
  const given = await ask(shop, "entitlements/", {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  expect({ status: given.status, body: given.body }).toEqual({ status, body: { detail: text } });
});

test("a body may have as many bytes as are allowed", async () => {
  const body = { ...newOrder(), unread: "" };
  body.unread = "x".repeat(20_000 - JSON.stringify(body).length);
  expect((await ask<Shown>(shop, "entitlements/", { method: "POST", body })).status).toBe(201);
});

test("who writes too often is throttled as by the original, and shares the limit with GraphQL; services are not", async () => {
  const slow = await strictly({ MUTATIONS_PER_MINUTE: "2" });
  const leave = () => asRest(slow)(ada, enrollments(1), { method: "DELETE" });
  expect((await leave()).status).toBe(204);
  await slow.ask(
    ada,
    `mutation { leaveSession(input: { entitlementId: "${example(1)}" }) { userErrors { code } } }`,
  );
  const { status, headers, body } = await leave();
  const seconds = Number(headers.get("retry-after"));
  expect(seconds).toBeGreaterThan(0);
  expect({ status, body }).toEqual({
    status: 429,
    body: { detail: `Request was throttled. Expected available in ${seconds} seconds.` },
  });
  expect((await asRest(slow)(ada, "entitlements/")).status).toBe(200);
  for (let many = 0; many < 4; many++)
    expect((await asRest(slow)(shop, "entitlements/", { method: "POST", body: newOrder() })).status).toBe(
      201,
    );
});

test("who reads much is throttled as by the original, from the budget of GraphQL; what is short costs nothing", async () => {
  const other = await serve(app, { REST_FACADE: "on", COST_PER_MINUTE: "6000" });
  const ask = asRest(other);
  const [first] = (await ask<{ results: { uuid: string }[] }>(hopper, "entitlements/?user=ada")).body.results;
  await app.db.query(
    `insert into course_entitlement_support_detail (entitlement_id, support_user_id, action, comments, created_at, modified_at)
     select $1, 2, 'OTHER', repeat('x', 1000), clock_timestamp(), clock_timestamp() from generate_series(1, 100)`,
    [first!.uuid],
  );
  const read = () => ask(hopper, `entitlements/?user=ada&uuid=${first!.uuid}`);
  let answered = await read();
  for (let times = 1; times < 20 && answered.status === 200; times++) answered = await read();
  const seconds = Number(answered.headers.get("retry-after"));
  expect(answered).toMatchObject({
    status: 429,
    body: { detail: `Request was throttled. Expected available in ${seconds} seconds.` },
  });
  expect((await other.ask(hopper, "{ viewer { id } }")).status).toBe(429);
  for (let times = 0; times < 20; times++) expect((await ask(ada, "entitlements/")).status).toBe(200);
  await other.stop();
});

test("who asks for too many refunds is throttled as well", async () => {
  const slow = await strictly({ REFUNDS_PER_HOUR: "1" });
  const refund = (place: number) =>
    asRest(slow)(ada, `${enrollments(place)}?is_refund=true`, { method: "DELETE" });
  expect((await refund(21)).status).toBe(204);
  const { status, headers } = await refund(22);
  expect(status).toBe(429);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(60);
});
