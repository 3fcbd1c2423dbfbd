import { DAY_MS } from "../../src/rules/entitlement-rules";
import { actor, ada } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";
import { aCourse, ENROLLMENT, inLms, settingsFor, shop, sweepLater, useLms } from "../support/lms";
import { asRest, newOrder, type Shown } from "./asking";

const beside = useLms();
let server: TestServer;
let ask: ReturnType<typeof asRest>;
beforeAll(async () => {
  server = await serve(beside.app, { ...settingsFor(beside.edx), REST_FACADE: "on" });
  ask = asRest(server);
});
afterAll(() => server.stop());

/** A course with two runs, and an entitlement for it that a shop has created by the API. */
async function anOrder() {
  const { courseUuid, one, two } = await aCourse(beside);
  const body = { ...newOrder(), user: "ada", course_uuid: courseUuid };
  const { body: created } = await ask<Shown>(shop, "entitlements/", { method: "POST", body });
  const address = `entitlements/${created.uuid}/enrollments`;
  const choose = (run: string) => ask(ada, address, { method: "POST", body: { course_run_id: run } });
  const leave = () => ask(ada, address, { method: "DELETE" });
  return { one, two, choose, leave, uuid: created.uuid };
}

const shownRun = async (uuid: string) =>
  (await ask<Shown>(ada, `entitlements/${uuid}/`)).body.enrollment_course_run;

test("choosing, changing and leaving a run enrolls the learner in the LMS and ends it there", async () => {
  const { one, two, choose, leave, uuid } = await anOrder();
  expect((await choose(one)).status).toBe(201);
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  expect((await choose(two)).status).toBe(201);
  await sweepLater(beside);
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
  expect(inLms(beside, two)).toEqual({ mode: "verified", isActive: true });
  expect(await shownRun(uuid)).toBe(two);
  expect((await leave()).status).toBe(204);
  expect(inLms(beside, two)).toMatchObject({ isActive: false });
});

test("a revocation and a reissue end the enrollment in the LMS as well", async () => {
  const { one, choose, uuid } = await anOrder();
  await choose(one);
  const support_details = [{ comments: "As asked.", unenrolled_run: one }];
  const body = { expired_at: null, support_details };
  const grace = actor("grace", { isSupport: true });
  expect((await ask(grace, `entitlements/${uuid}/`, { method: "PATCH", body })).status).toBe(200);
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
  await choose(one);
  expect(inLms(beside, one)).toMatchObject({ isActive: true });
  expect((await ask(shop, `entitlements/${uuid}/`, { method: "DELETE" })).status).toBe(204);
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
});

test("a choice that the LMS has not answered is 202, and holds as soon as it answers", async () => {
  const { one, two, choose, uuid } = await anOrder();
  beside.edx.faults.set({ system: "lms", path: ENROLLMENT.POST, nth: 1, kind: "reset" });
  const body = { course_run_id: one };
  expect(await choose(one)).toMatchObject({ status: 202, body });
  expect(await choose(one)).toMatchObject({ status: 202, body });
  expect((await choose(two)).status).toBe(400);
  expect(await shownRun(uuid)).toBeUndefined();
  await sweepLater(beside);
  expect(await choose(one)).toMatchObject({ status: 201, body });
  expect(await shownRun(uuid)).toBe(one);
});

test("a choice that the LMS refuses is told as the original tells it", async () => {
  const { one, choose, uuid } = await anOrder();
  beside.edx.faults.set({ system: "lms", path: ENROLLMENT.POST, kind: "status", status: 400 });
  expect(await choose(one)).toMatchObject({
    status: 400,
    body: {
      message: `Course Entitlement Enroll for ada failed for course: ${one}, and entitlement: ${uuid}`,
    },
  });
});

test("while the LMS does not answer, a choice and an order for an unknown learner are 503, to be sent again", async () => {
  const { one, choose } = await anOrder();
  const longAgo = new Date(beside.app.clock().getTime() - 31 * DAY_MS);
  await beside.app.db.query("update course_run set seen_at = $2 where key = $1", [one, longAgo]);
  beside.edx.faults.set({ system: "lms", kind: "reset" });
  const order = { method: "POST", body: { ...newOrder(), user: "nobody_knows" } };
  for (const { status, headers, body } of [await choose(one), await ask(shop, "entitlements/", order)]) {
    expect({ status, body }).toEqual({ status: 503, body: { detail: expect.any(String) as string } });
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  }
  expect(inLms(beside, one)).toBeUndefined();
});
