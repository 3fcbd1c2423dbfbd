import { get } from "node:http";
import { asSuperuser } from "../support/database";
import { actor, ada, auditor, bob, grace, useDemoApp } from "../support/demo-app";
import { authorization, send, serve, type TestServer } from "../support/http";
import { statementsOf } from "../support/statements";
import { asRest, example, hopper, shop, type Listed, type Shown } from "./asking";

const MANY = 120;
const CORS_ORIGINS = "https://apps.example.org";

const app = useDemoApp();
const url = () => (app.db.options.type === "postgres" ? app.db.options.url! : "");
let server: TestServer;
let ask: ReturnType<typeof asRest>;
beforeAll(async () => {
  server = await serve(app, { REST_FACADE: "read-only", JWT_COOKIES: "on", CORS_ORIGINS });
  ask = asRest(server);
  await asSuperuser(
    `set session_replication_role = replica;
     update course_entitlement set created_at = '2030-01-02T03:04:05Z', modified_at = '2030-01-02T03:04:05.06Z'
       where id = '${example(1)}';
     insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
       select 7, gen_random_uuid(), 'verified', now() - n * interval '1 hour', now() from generate_series(1, ${MANY}) n;`,
    url(),
  );
});
afterAll(() => server.stop());

const list = (asking: typeof ada, query = "") => ask<Listed>(asking, `entitlements/${query}`);
const usernamesIn = ({ body }: { body: Listed }) => [...new Set(body.results.map(({ user }) => user))];

test("an entitlement has the keys of the original in its order, and its instants have six digits or none", async () => {
  const [row] = await app.db.query<Record<string, string>[]>(
    `select to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created,
       to_char(e.modified_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as modified,
       to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as noted, e.order_number as "order"
     from course_entitlement e join course_entitlement_support_detail d on d.entitlement_id = e.id where e.id = $1`,
    [example(3)],
  );
  const { status, headers, text } = await ask(grace, `entitlements/${example(3)}/`);
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("application/json");
  const plain = (digits: string) => digits.replace(".000000Z", "Z");
  expect(text).toBe(
    `{"user":"ada","uuid":"${example(3)}","course_uuid":"c0000000-0000-4000-8000-000000000003",` +
      `"enrollment_course_run":"course-v1:DemoX+DEMO.03+open","expired_at":null,"created":"${plain(row!["created"]!)}",` +
      `"modified":"${plain(row!["modified"]!)}","mode":"verified","refund_locked":false,"order_number":"${row!["order"]}",` +
      `"support_details":[{"support_user":"grace","action":"CREATE","comments":"The order came in by telephone.",` +
      `"unenrolled_run":null,"created":"${plain(row!["noted"]!)}"}]}`,
  );
  const whole = await ask(ada, `entitlements/${example(1)}`);
  expect(whole.text).toContain(`"created":"2030-01-02T03:04:05Z","modified":"2030-01-02T03:04:05.060000Z"`);
  expect(whole.body).not.toHaveProperty("enrollment_course_run");
});

test("R2, R22, R23, R26: everyone has a list of their own; those who read everyone's also have another learner's", async () => {
  for (const asking of [ada, bob, actor("full_shelf")]) {
    expect(usernamesIn(await list(asking))).toEqual([asking.username]);
    expect(usernamesIn(await list({ ...asking, userId: null }))).toEqual([asking.username]);
  }
  expect((await list(ada, "?user=bob")).body).toMatchObject({ count: 0, num_pages: 1, results: [] });
  for (const asking of [grace, hopper, shop, auditor]) {
    expect(usernamesIn(await list(asking, "?user=bob"))).toEqual(["bob"]);
    const { body } = await list(asking, "?user=nobody_here");
    expect(body).toMatchObject({ next: null, previous: null, count: 0, num_pages: 1, results: [] });
  }
  expect((await list(hopper, `?uuid=${example(1)}`)).body.count).toBe(0);
  expect((await list(null as never)).status).toBe(401);
});

test("R27: an entitlement is shown to its owner and to those who read everyone's; to others it does not exist", async () => {
  for (const asking of [ada, grace, hopper, shop, auditor])
    expect((await ask(asking, `entitlements/${example(1)}/`)).status).toBe(200);
  const foreign = await ask(bob, `entitlements/${example(1)}/`);
  const missing = await ask(bob, "entitlements/00000000-0000-4000-8000-000000000000/");
  expect(foreign).toMatchObject({ status: 404, text: `{"detail":"Not found."}` });
  expect(missing).toMatchObject({ status: 404, text: foreign.text });
});

test("a run that the learner has left by other means is not shown, but for an expired entitlement, which keeps it", async () => {
  const run = async () =>
    (await ask<Shown>(ada, `entitlements/${example(3)}/`)).body.enrollment_course_run ?? null;
  const enrolled = await run();
  await app.db.query(
    "update course_enrollment set is_active = false where id = (select enrollment_id from course_entitlement where id = $1)",
    [example(3)],
  );
  expect(await run()).toBeNull();
  await app.db.query(
    "update course_entitlement set expired_at = now(), expiry_cause = 'LAPSED' where id = $1",
    [example(3)],
  );
  expect(await run()).toBe(enrolled);
});

test("support details are for those who may read them in GraphQL too", async () => {
  for (const [asking, many] of [
    [ada, 0],
    [shop, 0],
    [grace, 1],
    [hopper, 1],
    [auditor, 1],
  ] as const) {
    const { body } = await ask<Shown>(asking, `entitlements/${example(3)}/`);
    expect(body.support_details).toHaveLength(many);
  }
});

test("R24, R25, R28: an expiry that is due is shown as stored now, except in the lists of those who read everyone's; nothing is stored", async () => {
  const isNull = async (asking: typeof ada, query = "") =>
    (await list(asking, `?uuid=${example(9)}${query}`)).body.results.map(
      ({ expired_at }) => expired_at === null,
    );
  expect(await isNull(ada)).toEqual([false]);
  expect(await isNull(grace, "&user=ada")).toEqual([true]);
  for (const asking of [ada, grace]) {
    const { body } = await ask<Shown>(asking, `entitlements/${example(9)}/`);
    expect(Math.abs(Date.parse(body.expired_at!) - Date.now())).toBeLessThan(60_000);
  }
  expect(await isNull(ada, "&expired_at__isnull=True")).toEqual([]);
  expect(await isNull(grace, "&user=ada&expired_at__isnull=True")).toEqual([true]);
  const [row] = await app.db.query<{ at: Date | null }[]>(
    "select expired_at as at from course_entitlement where id = $1",
    [example(9)],
  );
  expect(row!.at).toBeNull();
});

test("R29: filters hold together, and the oldest entitlement comes first", async () => {
  const course = (number: number) => `c0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const { body } = await list(ada, `?course_uuid=${course(19)},${course(12).toUpperCase()}`);
  expect(body.results.map(({ uuid }) => uuid)).toEqual([example(19), example(12), example(20)]);
  const both = await list(ada, `?course_uuid=${course(19)},${course(12)}&expired_at__isnull=false`);
  expect(both.body.results.map(({ uuid }) => uuid)).toEqual([example(12)]);
  const some = await list(ada, `?uuid=${example(20)},${example(12)}&course_uuid=${course(12)}`);
  expect(some.body.results.map(({ uuid }) => uuid)).toEqual([example(12)]);
});

test.each([
  ["uuid=x", "uuid"],
  ["course_uuid=c0000000-0000-4000-8000-000000000001,", "course_uuid"],
  ["expired_at__isnull=perhaps", "expired_at__isnull"],
  [`user=${"a".repeat(151)}`, "user"],
  ["user=%00", "user"],
])("?%s is refused, and the fault is named", async (query, name) => {
  const { status, body } = await list(grace, `?${query}`);
  expect(status).toBe(400);
  expect(body).toEqual({ [name]: [expect.any(String)] });
});

test("a filter names at most 100 UUIDs", async () => {
  const query = (many: number) =>
    `?uuid=${Array.from({ length: many }, (_, place) => example(place)).join(",")}`;
  expect((await list(ada, query(100))).status).toBe(200);
  expect((await list(ada, query(101))).status).toBe(400);
});

/** What the server answers to a client behind a proxy that ends HTTPS. */
async function behindProxy(path: string): Promise<Listed> {
  const headers = {
    authorization: await authorization(actor("full_shelf")),
    host: "lms.example.org",
    "x-forwarded-proto": "https",
  };
  return new Promise((resolve, reject) => {
    get(`${server.url}${path}`, { headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(JSON.parse(text) as Listed));
    }).on("error", reject);
  });
}

test("pages are linked by the address that the client knows, with the parameters sorted by name", async () => {
  const path = "/api/entitlements/v1/entitlements/";
  const page = (number: string, size = 10) =>
    behindProxy(`${path}?user=full_shelf&page_size=${size}${number}`);
  const at = (query: string) => `https://lms.example.org${path}?${query}`;
  const first = await page("");
  expect(Object.keys(first)).toEqual([
    "next",
    "previous",
    "count",
    "num_pages",
    "current_page",
    "start",
    "results",
  ]);
  expect(first).toMatchObject({ previous: null, count: 25, num_pages: 3, current_page: 1, start: 0 });
  expect(first.next).toBe(at("page=2&page_size=10&user=full_shelf"));
  const second = await page("&page=2");
  expect(second).toMatchObject({ current_page: 2, start: 10 });
  expect(second.next).toBe(at("page=3&page_size=10&user=full_shelf"));
  expect(second.previous).toBe(at("page_size=10&user=full_shelf"));
  const third = await page("&page=last");
  expect(third).toMatchObject({ next: null, current_page: 3, start: 20 });
  const all = [first, second, third].flatMap(({ results }) => results.map(({ uuid }) => uuid));
  expect(all).toEqual((await page("", 100)).results.map(({ uuid }) => uuid));
});

test.each(["2", "0", "-1", "1.5", "x", "99999999999"])(
  "page=%s of a list of one page is 404",
  async (page) => {
    expect(await list(bob, `?page=${page}`)).toMatchObject({
      status: 404,
      text: `{"detail":"Invalid page."}`,
    });
  },
);

test("a page holds 50 entitlements unless another number is asked for, and at most 100", async () => {
  const many = actor("empty_handed");
  for (const [query, length] of [
    ["", 50],
    ["?page_size=0", 50],
    ["?page_size=many", 50],
    ["?page_size=7", 7],
    ["?page_size=1000", 100],
  ] as const)
    expect((await list(many, query)).body.results).toHaveLength(length);
  expect((await list(many, "?page_size=1000")).body).toMatchObject({ count: MANY, num_pages: 2 });
});

test("a list that is too long is refused, and a smaller page of it is answered", async () => {
  await asSuperuser(
    `set session_replication_role = replica;
     insert into course_entitlement_support_detail (entitlement_id, support_user_id, action, comments, created_at, modified_at)
       select e.id, 1, 'CREATE', repeat('ä', 10000), now(), now()
         from (select id from course_entitlement where user_id = 7 order by created_at limit 40) e,
           generate_series(1, 3);`,
    url(),
  );
  expect(await list(grace, "?user=empty_handed")).toMatchObject({
    status: 400,
    body: {
      detail: "The answer has more than the 2000000 bytes allowed. Ask for a smaller page_size.",
    },
  });
  const { status, text } = await list(grace, "?user=empty_handed&page_size=30");
  expect([status, text.length > 900_000]).toEqual([200, true]);
  expect((await list(actor("empty_handed"))).status).toBe(200);
});

test("a list needs three statements, however long its page is", async () => {
  for (const size of [1, 100])
    expect(await statementsOf(() => list(auditor, `?user=empty_handed&page_size=${size}`))).toHaveLength(3);
  expect(await statementsOf(() => list(ada, "?page_size=100"))).toHaveLength(2);
});

test.each([
  "entitlements/E0000000-0000-4000-8000-000000000001/",
  "entitlements/e0000000-0000-0000-8000-000000000001/",
  "entitlements/e0000000-0000-4000-c000-000000000001/",
  "entitlements/1/",
  "entitlement/",
  "subscriptions/entitlements/revoke",
  "",
])("there is nothing at %s, whoever asks", async (address) => {
  for (const asking of [null, hopper])
    expect(await ask(asking, address)).toMatchObject({ status: 404, text: `{"detail":"Not found."}` });
});

test("HEAD is answered like GET without a body, OPTIONS with the methods, and other methods with 405", async () => {
  const head = await ask(ada, "entitlements/", { method: "HEAD" });
  expect(head).toMatchObject({ status: 200, text: "" });
  const options = await ask(ada, "entitlements/", { method: "OPTIONS" });
  expect(options).toMatchObject({ status: 200, text: "" });
  const put = await ask(hopper, `entitlements/${example(1)}/`, { method: "PUT", body: {} });
  expect(put).toMatchObject({ status: 405, text: `{"detail":"Method \\"PUT\\" not allowed."}` });
  expect(put.headers.get("allow")).toContain("GET");
});

test("R1: who is not signed in, or has a bad token, is refused in the form of the original", async () => {
  const anonymous = await ask(null, "entitlements/");
  expect(anonymous).toMatchObject({
    status: 401,
    text: `{"detail":"Authentication credentials were not provided."}`,
  });
  const bad = await ask(null, "entitlements/", { headers: { authorization: "JWT x.y.z" } });
  expect(bad).toMatchObject({ status: 401, body: { detail: expect.any(String) as string } });
  for (const { headers } of [anonymous, bad]) expect(headers.get("www-authenticate")).toBe("JWT");
});

test("the cookies of the LMS sign in as for GraphQL, with the header that frontends send", async () => {
  const token = (await authorization(ada)).slice("JWT ".length);
  const end = token.lastIndexOf(".");
  const cookie = `edx-jwt-cookie-header-payload=${token.slice(0, end)}; edx-jwt-cookie-signature=${token.slice(end + 1)}`;
  const signedIn = await ask<Listed>(null, "entitlements/", {
    headers: { cookie, "use-jwt-cookie": "true" },
  });
  expect(usernamesIn(signedIn)).toEqual(["ada"]);
  expect((await ask(null, "entitlements/", { headers: { cookie } })).status).toBe(401);
});

test("the frontends of CORS_ORIGINS may send the headers of the LMS", async () => {
  const { status, headers } = await ask(null, "entitlements/", {
    method: "OPTIONS",
    headers: { origin: CORS_ORIGINS, "access-control-request-headers": "use-jwt-cookie,x-csrftoken" },
  });
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-headers")).toBe(
    "authorization, content-type, x-request-id, x-csrftoken, use-jwt-cookie",
  );
});

test("unless REST_FACADE is set, the addresses are like any that do not exist", async () => {
  const off = await serve(app);
  const authorized = { headers: { authorization: await authorization(ada) } };
  const [api, other] = await Promise.all(
    ["api/entitlements/v1/entitlements/", "other"].map((path) => send(`${off.url}/${path}`, authorized)),
  );
  expect(api).toMatchObject({ status: 404, text: other!.text });
  await off.stop();
});
