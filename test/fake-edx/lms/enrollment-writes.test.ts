import { runKey } from "../../../src/demo/catalog";
import { useFakeEdx } from "../asking";
import { downgrades, enrollmentId } from "../world/world";

const asking = useFakeEdx();
const open = runKey(1, "open");
const of = (key: string, fields: object = {}) => ({
  user: "empty_handed",
  course_details: { course_id: key },
  ...fields,
});
const stored = (key = open, username = "empty_handed") => {
  const found = asking.edx.world.enrollments.get(enrollmentId(username, key));
  return found && `${found.mode} ${found.isActive ? "active" : "inactive"}`;
};
const changes = () => asking.edx.world.changes.map(({ to }) => `${to.mode} ${to.isActive}`);
const NOT_ENROLLED = /^An error occurred while creating the new course enrollment/;

test("a mode without `is_active` changes an inactive enrollment and leaves it inactive", async () => {
  asking.edx.others.enroll("empty_handed", open, "audit");
  asking.edx.others.deactivate("empty_handed", open);
  expect(await asking.post(of(open, { mode: "verified" }))).toMatchObject({
    status: 200,
    body: { mode: "verified", is_active: false, user: "empty_handed" },
  });
  expect(stored()).toBe("verified inactive");
});

test("to deactivate an inactive enrollment enrolls in the default mode, and only then deactivates", async () => {
  asking.edx.others.enroll("empty_handed", open, "verified");
  asking.edx.others.deactivate("empty_handed", open);
  const { status, body } = await asking.post(of(open, { is_active: false }));
  expect(status).toBe(200);
  expect(body).toMatchObject({ mode: "audit", is_active: false });
  expect(changes().slice(2)).toEqual(["audit true", "audit false"]);
  expect(downgrades(asking.edx.world)).toHaveLength(1);
});

test("to deactivate an enrollment that does not exist creates one", async () => {
  expect((await asking.post(of(open, { is_active: false }))).status).toBe(200);
  expect(stored()).toBe("audit inactive");
});

test("to deactivate an inactive enrollment of a closed run fails", async () => {
  const key = runKey(1, "closed");
  asking.edx.others.enroll("empty_handed", key, "verified");
  asking.edx.others.deactivate("empty_handed", key);
  expect(await asking.post(of(key, { is_active: false }))).toMatchObject({
    status: 400,
    body: { message: expect.stringMatching(NOT_ENROLLED) as string },
  });
  expect(stored(key)).toBe("verified inactive");
});

test("an active enrollment is deactivated in its own mode, and in no other", async () => {
  asking.edx.others.enroll("empty_handed", open, "verified");
  expect(await asking.post(of(open, { is_active: false, mode: "audit" }))).toMatchObject({
    status: 400,
    body: {
      message: "Enrollment mode mismatch: active mode=verified, requested mode=audit. Won't deactivate.",
    },
  });
  expect(await asking.post(of(open, { is_active: false }))).toMatchObject({
    status: 200,
    body: { mode: "verified", is_active: false },
  });
});

test("the same mode again is refused when it has expired meanwhile", async () => {
  const again = of(open, { mode: "verified", is_active: true });
  expect((await asking.post(again)).status).toBe(200);
  expect((await asking.post(again)).status).toBe(200);
  expect(changes()).toEqual(["audit true", "verified true"]);
  asking.edx.others.setMode(open, "verified", { expiresAt: new Date(Date.now() - 1) });
  expect(await asking.post(again)).toMatchObject({
    status: 400,
    body: {
      message: `The [verified] course mode is expired or otherwise unavailable for course run [${open}].`,
      course_details: { course_id: open },
    },
  });
  expect(stored()).toBe("verified active");
});

test("a new enrollment is made in the default mode and then changed", async () => {
  await asking.post(of(open, { mode: "verified", is_active: true }));
  expect(asking.edx.world.changes).toMatchObject([
    { by: "api", from: null, to: { mode: "audit", isActive: true } },
    { by: "api", from: { mode: "audit", isActive: true }, to: { mode: "verified", isActive: true } },
  ]);
});

test.each([["closed"], ["full"], ["notYetOpen"]])(
  "nobody is newly enrolled in a run that is %s, and an existing enrollment is changed",
  async (kind) => {
    const key = runKey(1, kind);
    const wish = of(key, { mode: "verified", is_active: true });
    expect(await asking.post(wish)).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(NOT_ENROLLED) as string },
    });
    asking.edx.others.enroll("empty_handed", key, "audit");
    asking.edx.others.deactivate("empty_handed", key);
    expect((await asking.post(wish)).status).toBe(200);
    expect(stored(key)).toBe("verified active");
  },
);

test("a repeat for an active enrollment is refused once the run is closed", async () => {
  const key = runKey(1, "closed");
  asking.edx.others.enroll("empty_handed", key, "verified");
  expect((await asking.post(of(key, { mode: "verified", is_active: true }))).status).toBe(400);
});

test("a filter of the view prevents with the text of a closed run, one of enrollments with 403", async () => {
  const run = asking.edx.world.runs.get(open)!;
  run.preventedBy = "viewFilter";
  expect(await asking.post(of(open))).toMatchObject({
    status: 400,
    body: { message: expect.stringMatching(NOT_ENROLLED) as string },
  });
  run.preventedBy = "enrollmentFilter";
  expect((await asking.post(of(open))).status).toBe(403);
});

test("staff cannot set a mode that has expired", async () => {
  const key = runKey(1, "upgradeOver");
  asking.edx.others.enroll("empty_handed", key, "audit");
  expect((await asking.post(of(key, { mode: "verified", is_active: true }))).status).toBe(400);
});

test("an active enrollment in an expired mode can be deactivated", async () => {
  const key = runKey(1, "upgradeOver");
  asking.edx.others.enroll("empty_handed", key, "verified");
  expect((await asking.post(of(key, { mode: "verified", is_active: false }))).status).toBe(200);
  expect(stored(key)).toBe("verified inactive");
});

test("unknown learners are answered with 406, unknown runs with 400", async () => {
  expect(await asking.post({ ...of(open), user: "nobody" })).toMatchObject({
    status: 406,
    body: { message: "The user nobody does not exist." },
  });
  for (const key of ["course-v1:DemoX+Nothing+1", "no key"])
    expect(await asking.post(of(key))).toMatchObject({
      status: 400,
      body: { message: `No course '${key}' found for enrollment` },
    });
});

test("others than staff enroll nobody else, and themselves in free modes only", async () => {
  expect(await asking.post(of(open), "bob")).toMatchObject({ status: 404, body: null });
  expect((await asking.post({ ...of(open), user: "bob", mode: "verified" }, "bob")).status).toBe(403);
  expect((await asking.post({ ...of(open), user: "bob" }, "bob")).status).toBe(200);
  expect(stored(open, "bob")).toBe("audit active");
});

test("others than staff cannot end an enrollment", async () => {
  asking.edx.others.enroll("bob", open, "audit");
  expect(await asking.post({ ...of(open), user: "bob", is_active: false }, "bob")).toMatchObject({
    status: 200,
    body: { is_active: true },
  });
  expect(stored(open, "bob")).toBe("audit active");
});

test("`is_active` is a boolean", async () => {
  expect(await asking.post(of(open, { is_active: "yes" }))).toMatchObject({ status: 400 });
});
