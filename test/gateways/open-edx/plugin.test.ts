import type { EnrollmentCall } from "../../../src/gateways/open-edx/enrollment-gateway";
import { openFakeEdx, type FakeEdx, type FakeEdxOptions } from "../../fake-edx/fake-edx";
import { enrollmentId } from "../../fake-edx/world/world";
import { gatewaysTo } from "./installations";

const RUN = "course-v1:DemoX+DEMO.01+open";
const ENDING: EnrollmentCall = {
  username: "grace",
  courseRunKey: RUN,
  mode: null,
  changeableModes: ["audit", "verified"],
  mayEnroll: false,
  isRepeat: false,
  requestId: "request-7",
};

let edx: FakeEdx;
async function beside(options: FakeEdxOptions = {}) {
  edx = await openFakeEdx(options);
  edx.others.enroll("grace", RUN, "verified");
  return gatewaysTo(edx, { entitlements: "plugin" }).enrollments;
}
afterEach(() => edx.close());

const posts = () =>
  edx.requests
    .filter(({ method, path }) => method === "POST" && path.startsWith("/api/"))
    .map(({ path, body }) => ({ path, body: JSON.parse(body) as unknown }));
const UNENROLL = { path: "/api/course_entitlements/v1/unenroll", body: { username: "grace", run: RUN } };
const standing = () => edx.world.enrollments.get(enrollmentId("grace", RUN));

test("the plug-in ends an enrollment, so that the LMS refunds nothing, and the mode stays", async () => {
  const enrollments = await beside();
  expect(await enrollments.ensure(ENDING)).toMatchObject({ kind: "done", enrollment: { isActive: false } });
  expect(posts()).toEqual([UNENROLL]);
  expect(standing()).toMatchObject({ mode: "verified", isActive: false });
  expect(await enrollments.ensure({ ...ENDING, isRepeat: true })).toMatchObject({ kind: "done" });
  expect(posts()).toHaveLength(1);
});

test("a learner is enrolled by the LMS's own API", async () => {
  const enrollments = await beside();
  const call = { ...ENDING, username: "bob", mode: "verified", mayEnroll: true };
  expect(await enrollments.ensure(call)).toMatchObject({ kind: "done" });
  expect(posts().map(({ path }) => path)).toEqual(["/api/enrollment/v1/enrollment"]);
});

test("a filter of the LMS can veto it", async () => {
  const enrollments = await beside();
  edx.world.runs.get(RUN)!.preventedBy = "enrollmentFilter";
  expect(await enrollments.ensure(ENDING)).toMatchObject({ kind: "refused", code: "NOT_ALLOWED" });
  expect(standing()).toMatchObject({ isActive: true });
});

test.each([
  ["lostAnswer", "done"],
  ["reset", "unknown"],
] as const)("after a %s, the enrollment says what became of it: %s", async (kind, outcome) => {
  const enrollments = await beside();
  edx.faults.set({ system: "lms", path: "/unenroll$", kind });
  expect(await enrollments.ensure(ENDING)).toMatchObject({ kind: outcome });
});

test("an enrollment that has gone meanwhile counts as ended", async () => {
  const enrollments = await beside();
  edx.faults.set({ system: "lms", path: "^GET .*/enrollment/", nth: 1, kind: "slow", ms: 200 });
  const ending = enrollments.ensure(ENDING);
  while (!edx.requests.some(({ path }) => path.includes("/enrollment/")))
    await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 50));
  edx.world.enrollments.delete(enrollmentId("grace", RUN));
  expect(await ending).toEqual({ kind: "done", enrollment: null });
});

test("without a plug-in nothing is ended, not even by the LMS's own API, which would refund", async () => {
  const enrollments = await beside({ plugin: "none" });
  expect(await enrollments.ensure(ENDING)).toMatchObject({ kind: "notSent", cause: "HTTP_404" });
  expect(posts()).toEqual([UNENROLL]);
  expect(standing()).toMatchObject({ isActive: true });
});
