import { courseUuid, runKey } from "../../src/demo/catalog";
import { ada, bob, grace, useDemoApp } from "../support/demo-app";
import { authorization, serve, type TestServer } from "../support/http";
import { asRest, example, hopper, newOrder, shop, type Listed, type Shown } from "./asking";

const CORS_ORIGINS = "https://apps.example.org";

const app = useDemoApp();
let server: TestServer;
let ask: ReturnType<typeof asRest>;
beforeAll(async () => {
  const settings = { REST_FACADE: "on", JWT_COOKIES: "on", CORS_ORIGINS, MUTATIONS_PER_MINUTE: "10000" };
  server = await serve(app, settings);
  ask = asRest(server);
});
afterAll(() => server.stop());

const item = (id: string) => `entitlements/${id}/`;
const enrollmentsOf = (id: string) => `entitlements/${id}/enrollments`;
const shownTo = async (asking: typeof ada, id: string) => (await ask<Shown>(asking, item(id))).body;
const isEnrolled = async (courseRunKey: string, userId = ada.userId) => {
  const sql = "select mode from course_enrollment where is_active and course_run_key = $1 and user_id = $2";
  return (await app.db.query<{ mode: string }[]>(sql, [courseRunKey, userId]))[0]?.mode ?? null;
};

describe("the learner's dashboard, without a slash at the end", () => {
  const choose = (id: string, run: string) =>
    ask(ada, enrollmentsOf(id), { method: "POST", body: { course_run_id: run } });

  test("E1, E2, E3: chooses a run, changes it, and leaves it", async () => {
    const [open, future] = [runKey(2, "open"), runKey(2, "future")];
    const first = await choose(example(2), open);
    expect(first).toMatchObject({ status: 201, text: `{"course_run_id":"${open}"}` });
    expect((await shownTo(ada, example(2))).enrollment_course_run).toBe(open);
    expect(await isEnrolled(open)).toBe("verified");
    expect((await choose(example(2), open)).status).toBe(201);
    expect((await choose(example(2), future)).status).toBe(201);
    expect((await shownTo(ada, example(2))).enrollment_course_run).toBe(future);
    expect([await isEnrolled(open), await isEnrolled(future)]).toEqual([null, "verified"]);
    const left = await ask(ada, `${enrollmentsOf(example(2))}?is_refund=false`, { method: "DELETE" });
    expect(left).toMatchObject({ status: 204, text: "" });
    expect(await shownTo(ada, example(2))).not.toHaveProperty("enrollment_course_run");
    expect(await isEnrolled(future)).toBeNull();
  });

  test("E6: upgrades a free enrollment", async () => {
    expect(await isEnrolled(runKey(18, "open"))).toBe("audit");
    expect((await choose(example(18), runKey(18, "open"))).status).toBe(201);
    expect(await isEnrolled(runKey(18, "open"))).toBe("verified");
  });

  test("E8: leaves with a refund, and asking again changes nothing", async () => {
    const refund = () => ask(ada, `${enrollmentsOf(example(6))}?is_refund=true`, { method: "DELETE" });
    expect(await refund()).toMatchObject({ status: 204, text: "" });
    const { expired_at: expiredAt, ...rest } = await shownTo(ada, example(6));
    expect(expiredAt).not.toBeNull();
    expect(rest).not.toHaveProperty("enrollment_course_run");
    expect((await refund()).status).toBe(204);
    expect((await shownTo(ada, example(6))).expired_at).toBe(expiredAt);
  });

  test.each(["True", "TRUE", "1", "yes", ""])("is_refund=%s asks for no refund", async (word) => {
    const id = example(3);
    await choose(id, runKey(3, "open"));
    expect((await ask(ada, `${enrollmentsOf(id)}?is_refund=${word}`, { method: "DELETE" })).status).toBe(204);
    expect((await shownTo(ada, id)).expired_at).toBeNull();
  });

  test("sends its cookies and the header of the LMS from the origin of a frontend", async () => {
    const token = (await authorization(ada)).slice("JWT ".length);
    const end = token.lastIndexOf(".");
    const cookie = `edx-jwt-cookie-header-payload=${token.slice(0, end)}; edx-jwt-cookie-signature=${token.slice(end + 1)}`;
    const body = { course_run_id: runKey(3, "future") };
    const headers = { cookie, origin: CORS_ORIGINS, "x-csrftoken": "unread" };
    const send = (more: object = {}) =>
      ask(null, enrollmentsOf(example(3)), { method: "POST", body, headers: { ...headers, ...more } });
    expect((await send()).status).toBe(401);
    const sent = await send({ "use-jwt-cookie": "true" });
    expect(sent.status).toBe(201);
    expect(sent.headers.get("access-control-allow-credentials")).toBe("true");
    const preflight = await ask(null, enrollmentsOf(example(3)), { method: "OPTIONS", headers });
    expect(preflight.headers.get("access-control-allow-methods")).toBe("GET, POST, PATCH, DELETE");
  });
});

describe("the support tools", () => {
  const patch = (id: string, body: object) => ask<Shown>(grace, item(id), { method: "PATCH", body });

  test("read all pages of a learner's list", async () => {
    const seen: string[] = [];
    for (let page = 1, next: string | null = ""; next !== null; page++) {
      const { body }: { body: Listed } = await ask(
        grace,
        `entitlements/?user=full_shelf&page=${page}&page_size=10`,
      );
      expect(body.current_page).toBe(page);
      seen.push(...body.results.map(({ uuid }) => uuid));
      ({ next } = body);
    }
    expect(new Set(seen).size).toBe(25);
  });

  test("R6, R8, R18: create an entitlement with a support detail, and another", async () => {
    const body = {
      course_uuid: courseUuid(20),
      user: "bob",
      mode: "verified",
      refund_locked: true,
      support_details: [{ action: "create", comments: "A goodwill gesture." }],
    };
    const create = () => ask<Shown>(grace, "entitlements/", { method: "POST", body });
    const { status, text, body: created } = await create();
    expect(status).toBe(201);
    expect(created).toMatchObject({ user: "bob", refund_locked: true, order_number: null, expired_at: null });
    expect(created.support_details).toEqual([
      {
        support_user: "grace",
        action: "CREATE",
        comments: "A goodwill gesture.",
        unenrolled_run: null,
        created: expect.any(String) as string,
      },
    ]);
    expect((await ask(grace, item(created.uuid))).text).toBe(text);
    expect((await create()).body.uuid).not.toBe(created.uuid);
  });

  test("R18: create the entitlement of an order by hand, once", async () => {
    const body = { ...newOrder(), support_details: [{ action: "CREATE", comments: "By telephone." }] };
    const create = () => ask<Shown>(hopper, "entitlements/", { method: "POST", body });
    const first = await create();
    expect(first).toMatchObject({
      status: 201,
      body: { order_number: body.order_number, refund_locked: false },
    });
    expect(await create()).toMatchObject({ status: 201, text: first.text });
  });

  test("R32, R34: reissue an expired, redeemed entitlement, whose refund is then locked", async () => {
    const { enrollment_course_run: run } = await shownTo(grace, example(7));
    const { expired_at: before } = await shownTo(grace, example(7));
    expect([typeof run, typeof before]).toEqual(["string", "string"]);
    const detail = { unenrolled_run: run, action: "reissue", comments: "The learner was ill." };
    const { status, text, body } = await patch(example(7), { expired_at: null, support_details: [detail] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ expired_at: null, refund_locked: true });
    expect(body).not.toHaveProperty("enrollment_course_run");
    expect(body.support_details[0]).toMatchObject({
      support_user: "grace",
      action: "REISSUE",
      comments: "The learner was ill.",
      unenrolled_run: run,
    });
    expect((await ask(grace, item(example(7)))).text).toBe(text);
  });

  test("the lock of refunds as it was told does not keep a reissue from locking the refund of an expired order", async () => {
    const { body } = await ask<Shown>(shop, "entitlements/", { method: "POST", body: newOrder() });
    await app.db.query("update course_entitlement set expired_at = now() where id = $1", [body.uuid]);
    const told = await shownTo(grace, body.uuid);
    expect(told).toMatchObject({ refund_locked: false });
    const detail = { comments: "The learner was ill." };
    const after = await patch(body.uuid, { ...told, expired_at: null, support_details: [detail] });
    expect(after).toMatchObject({ status: 200, body: { expired_at: null, refund_locked: true } });
    const unlocked = await patch(body.uuid, {
      ...after.body,
      refund_locked: false,
      support_details: [{ comments: "The order was paid twice." }],
    });
    expect(unlocked).toMatchObject({ status: 200, body: { refund_locked: false } });
  });

  test("R33: reissue a refundable, redeemed entitlement, which stays refundable", async () => {
    const detail = { unenrolled_run: runKey(27, "open"), action: "reissue", comments: "The wrong run." };
    const { status, body } = await patch(example(27), { expired_at: null, support_details: [detail] });
    expect({ status, ...body }).toMatchObject({ status: 200, refund_locked: false, expired_at: null });
    const other = { ...detail, comments: "Again." };
    expect((await patch(example(27), { expired_at: null, support_details: [other] })).status).toBe(400);
  });

  test("expire an entitlement as of now, whatever instant the clock of the agent says", async () => {
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const detail = { unenrolled_run: runKey(19, "open"), action: "expire", comments: "As asked." };
    const { status, body } = await patch(example(19), { expired_at: ahead, support_details: [detail] });
    expect(status).toBe(200);
    expect(Math.abs(Date.parse(body.expired_at!) - Date.now())).toBeLessThan(60_000);
    expect(body).not.toHaveProperty("enrollment_course_run");
    expect(body.support_details[0]).toMatchObject({ action: "EXPIRE", comments: "As asked." });
  });

  test("change the mode, the refund lock and the learner of an entitlement, each with comments", async () => {
    const { body } = await ask<Shown>(shop, "entitlements/", { method: "POST", body: newOrder() });
    const change = (fields: object) =>
      ask<Shown>(hopper, item(body.uuid), {
        method: "PATCH",
        body: { ...fields, support_details: [{ comments: "As asked." }] },
      });
    expect(await change({ mode: "professional" })).toMatchObject({
      status: 200,
      body: { mode: "professional" },
    });
    expect(await change({ refund_locked: true })).toMatchObject({
      status: 200,
      body: { refund_locked: true },
    });
    const moved = await change({ user: "ada" });
    expect(moved).toMatchObject({
      status: 200,
      body: { user: "ada", mode: "professional", refund_locked: true },
    });
    expect(await ask(hopper, item(body.uuid), { method: "PATCH", body: { user: "ADA" } })).toMatchObject({
      status: 200,
      body: { user: "ada" },
    });
    expect(moved.body.support_details.map(({ action }) => action)).toEqual([
      "TRANSFER",
      "LOCK_REFUND",
      "CHANGE_MODE",
    ]);
    const whole = await ask(hopper, item(body.uuid), {
      method: "PATCH",
      body: { ...moved.body, support_details: [] },
    });
    expect(whole).toMatchObject({ status: 200, text: moved.text });
  });
});

describe("the shops", () => {
  test("R7: commerce-coordinator creates an entitlement, and its repeat answers with the same one", async () => {
    const body = newOrder();
    const headers = { "x-edx-api-key": "a key that is not read" };
    const create = () => ask<Shown>(shop, "entitlements/", { method: "POST", body, headers });
    const first = await create();
    expect(first).toMatchObject({ status: 201, body: { user: "bob", order_number: body.order_number } });
    expect(first.body.support_details).toEqual([]);
    expect(await create()).toMatchObject({ status: 201, text: first.text });
    expect((await ask(null, "entitlements/", { method: "POST", body, headers })).status).toBe(401);
  });

  test("R30, R31: ecommerce creates, reads and revokes an entitlement, and lists those of a learner", async () => {
    const { body } = await ask<Shown>(shop, "entitlements/", { method: "POST", body: newOrder() });
    expect((await shownTo(shop, body.uuid)).expired_at).toBeNull();
    const chosen = { method: "POST", body: { course_run_id: runKey(19, "open") } };
    expect((await ask(bob, enrollmentsOf(body.uuid), chosen)).status).toBe(201);
    const revoke = () => ask(shop, item(body.uuid), { method: "DELETE" });
    expect(await revoke()).toMatchObject({ status: 204, text: "" });
    const after = await shownTo(shop, body.uuid);
    expect(Date.parse(after.expired_at!)).toBeLessThanOrEqual(Date.now());
    expect(after).not.toHaveProperty("enrollment_course_run");
    expect((await revoke()).status).toBe(204);
    expect(await shownTo(shop, body.uuid)).toEqual(after);
    const { body: all } = await ask<Listed>(shop, "entitlements/?user=bob");
    expect(all.results.map(({ uuid }) => uuid)).toContain(body.uuid);
  });

  test("send forms as well", async () => {
    const form = (fields: object) => ({
      method: "POST",
      body: new URLSearchParams(fields as Record<string, string>).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    });
    const order = { ...newOrder(), refund_locked: "True" };
    const { status, body } = await ask<Shown>(shop, "entitlements/", form(order));
    expect({ status, ...body }).toMatchObject({ status: 201, refund_locked: true, user: "bob" });
    const run = runKey(19, "future");
    expect(await ask(bob, enrollmentsOf(body.uuid), form({ course_run_id: run }))).toMatchObject({
      status: 201,
      text: `{"course_run_id":"${run}"}`,
    });
  });

  test("R19: an order upgrades a free enrollment in the only run that fits", async () => {
    await app.db.query(
      "insert into course_enrollment (id, user_id, course_run_key, mode, is_active, created_at) values (gen_random_uuid(), $1, $2, 'audit', true, now())",
      [bob.userId, runKey(8, "open")],
    );
    const body = { ...newOrder(), course_uuid: courseUuid(8) };
    const created = await ask<Shown>(shop, "entitlements/", { method: "POST", body });
    expect(created).toMatchObject({ status: 201, body: { enrollment_course_run: runKey(8, "open") } });
    expect(await isEnrolled(runKey(8, "open"), bob.userId)).toBe("verified");
  });
});
