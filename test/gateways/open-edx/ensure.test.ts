import type { EnrollmentCall } from "../../../src/gateways/open-edx/enrollment-gateway";
import type { OpenEdx } from "../../../src/gateways/open-edx/open-edx";
import { openFakeEdx, type FakeEdx } from "../../fake-edx/fake-edx";
import { WORKER } from "../../fake-edx/world/demo";
import { downgrades, enrollmentId } from "../../fake-edx/world/world";
import { gatewaysTo, type HttpOptions } from "./installations";

/** A run of the demo world that is open, and in which these learners are not enrolled. */
const RUN = "course-v1:DemoX+DEMO.01+open";
const LEARNER = "grace";
const POST = "^POST .*/enrollment$";

let edx: FakeEdx;
beforeEach(async () => {
  edx = await openFakeEdx();
});
afterEach(async () => {
  await edx.close();
  expect(postsWithoutLook()).toEqual([]);
  expect(wrongBodies()).toEqual([]);
  expect(downgrades(edx.world)).toEqual([]);
});

const enrollmentRequests = () =>
  edx.requests.filter(({ path }) => path.includes("/enrollment/v1/enrollment"));
const posts = () => enrollmentRequests().filter(({ method }) => method === "POST");
const methods = () => enrollmentRequests().map(({ method }) => method);

/** The POSTs before which the enrollment was not read, or not since the POST before it, unless a token was refused. */
function postsWithoutLook(): unknown[] {
  return enrollmentRequests().filter(({ method }, at, all) => {
    const before = all[at - 1];
    return method === "POST" && before?.method !== "GET" && before?.status !== 401;
  });
}

/** The POSTs that say what they must not say, or leave out what they must say. */
function wrongBodies(): unknown[] {
  return posts()
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>)
    .filter((body) => {
      const names = Object.keys(body).toSorted().join();
      const isDeactivation = body["is_active"] === false;
      return (
        names !== (isDeactivation ? "course_details,is_active,user" : "course_details,is_active,mode,user")
      );
    });
}

const call = (given: Partial<EnrollmentCall> = {}): EnrollmentCall => ({
  username: LEARNER,
  courseRunKey: RUN,
  mode: "verified",
  changeableModes: ["audit", "honor"],
  mayEnroll: true,
  isRepeat: false,
  requestId: "request-7",
  ...given,
});
const ending = (given: Partial<EnrollmentCall> = {}) =>
  call({ mode: null, changeableModes: ["verified", "audit"], ...given });

/** Makes a call, and returns its outcome and the state of the enrollment in the LMS. */
async function made(given: EnrollmentCall, options?: HttpOptions, openEdx = gatewaysTo(edx, options)) {
  const outcome = await openEdx.enrollments.ensure(given);
  const found = edx.world.enrollments.get(enrollmentId(given.username, given.courseRunKey));
  const state = found ? `${found.mode} ${found.isActive ? "active" : "inactive"}` : "none";
  return [outcome.kind === "refused" ? outcome.code : outcome.kind, state];
}
/** Lets others change something right after the LMS has read an enrollment for the next answer. */
function afterNextLook(change: () => void): void {
  const { enrollments } = edx.world;
  enrollments.get = (id) => {
    Reflect.deleteProperty(enrollments, "get");
    const seen = structuredClone(enrollments.get(id));
    change();
    return seen;
  };
}
const isEnrolled = (mode: string) => edx.others.enroll(LEARNER, RUN, mode);

test("a call reads, changes and checks what the answer says", async () => {
  expect(await made(call())).toEqual(["done", "verified active"]);
  expect(methods()).toEqual(["GET", "POST"]);
});

test("nothing is sent where nothing is to be changed, however often a call is made", async () => {
  isEnrolled("verified");
  expect(await made(call())).toEqual(["HELD_OTHERWISE", "verified active"]);
  expect(await made(call({ isRepeat: true }))).toEqual(["done", "verified active"]);
  edx.others.deactivate(LEARNER, RUN);
  for (let times = 0; times < 3; times++)
    expect(await made(ending({ isRepeat: times > 0 }))).toEqual(["done", "verified inactive"]);
  isEnrolled("professional");
  expect(await made(call())).toEqual(["HELD_OTHERWISE", "professional active"]);
  expect(await made(ending())).toEqual(["HELD_OTHERWISE", "professional active"]);
  expect(posts()).toEqual([]);
});

test("a deactivation that is repeated is sent once", async () => {
  isEnrolled("verified");
  for (let times = 0; times < 3; times++)
    expect(await made(ending({ isRepeat: times > 0 }))).toEqual(["done", "verified inactive"]);
  expect(posts()).toHaveLength(1);
});

test("a change of mode alone does not enroll a learner who leaves at that moment", async () => {
  isEnrolled("verified");
  afterNextLook(() => edx.others.deactivate(LEARNER, RUN));
  const change = call({ mode: "audit", changeableModes: ["verified"], mayEnroll: false });
  expect(await made(change)).toEqual(["done", "audit inactive"]);
  // The learner has left, so that nothing was lost with the mode.
  expect(JSON.parse(posts()[0]!.body)).not.toHaveProperty("is_active");
  edx.requests.length = 0;
  edx.world.changes.length = 0;
});

describe("an answer that", () => {
  test.each([
    ["is lost", { kind: "lostAnswer" }, "done"],
    ["breaks off", { kind: "nonsense", shape: "truncated" }, "done"],
    ["comes after an error of the server", { kind: "status", status: 500 }, "unknown"],
    ["is a page for people", { kind: "nonsense", shape: "html" }, "unknown"],
    ["is a reset", { kind: "reset" }, "unknown"],
    ["is a conflict", { kind: "status", status: 409 }, "unknown"],
  ] as const)("%s is judged by another look", async (_what, fault, kind) => {
    edx.faults.set({ system: "lms", path: POST, ...fault });
    expect(await made(call())).toEqual([kind, kind === "done" ? "verified active" : "none"]);
    expect(methods()).toEqual(["GET", "POST", "GET"]);
  });

  test.each([429, 503, 404, 405])("is %d says that nobody has looked at the call", async (status) => {
    edx.faults.set({ system: "lms", path: POST, kind: "status", status });
    expect(await made(call())).toEqual(["notSent", "none"]);
    expect(methods()).toEqual(["GET", "POST"]);
  });

  test("never comes is waited for until the deadline, which all requests of the call share", async () => {
    edx.faults.set(
      { system: "lms", path: POST, kind: "silence" },
      { system: "lms", path: "^GET", kind: "slow", ms: 200 },
    );
    const start = performance.now();
    expect(await made(call(), { deadlineMs: 700 })).toEqual(["unknown", "none"]);
    expect(performance.now() - start).toBeLessThan(1_500);
    expect(posts()).toHaveLength(1);
  });

  test("refuses the token makes it renew the token and send once more, and not again", async () => {
    edx.faults.set({ system: "lms", path: POST, kind: "status", status: 401, nth: 1 });
    expect(await made(call())).toEqual(["done", "verified active"]);
    edx.faults.set({ system: "lms", path: POST, kind: "status", status: 401 });
    expect(await made(ending())).toEqual(["notSent", "verified active"]);
    expect(methods()).toEqual(["GET", "POST", "POST", "GET", "POST", "POST"]);
  });

  test("comes before its effect leaves the outcome unknown, and a repeat finds the effect", async () => {
    edx.faults.set({ system: "lms", path: POST, kind: "reset" });
    expect(await made(call())).toEqual(["unknown", "none"]);
    isEnrolled("verified");
    expect(await made(call({ isRepeat: true }))).toEqual(["done", "verified active"]);
    expect(posts()).toHaveLength(1);
  });

  test("says another state than the wanted one leaves the outcome unknown", async () => {
    isEnrolled("audit");
    const { changes } = edx.world;
    // The learner leaves between the writing of the LMS and its answer.
    changes.push = (change) => {
      Reflect.deleteProperty(changes, "push");
      changes.push(change);
      edx.others.deactivate(LEARNER, RUN);
      return changes.length;
    };
    expect(await made(call())).toEqual(["unknown", "verified inactive"]);
    expect(methods()).toEqual(["GET", "POST", "GET"]);
  });
});

describe("a look that fails", () => {
  test("before anything was sent means that nothing was", async () => {
    edx.faults.set({ system: "lms", path: "^GET", kind: "reset" });
    expect(await made(call())).toEqual(["notSent", "none"]);
    expect(methods()).toEqual(["GET", "GET", "GET"]);
  });

  test("after a doubt leaves it unknown", async () => {
    edx.faults.set(
      { system: "lms", path: POST, kind: "lostAnswer" },
      { system: "lms", path: "^GET", kind: "status", status: 500, nth: [2, 3, 4] },
    );
    expect(await made(call())).toEqual(["unknown", "verified active"]);
  });

  test("because the account of the token is not staff means that nothing was sent", async () => {
    edx.world.users.get(WORKER)!.isStaff = false;
    expect(await made(call())).toEqual(["notSent", "none"]);
    expect(posts()).toEqual([]);
  });

  test("because there is no token means that nothing was sent", async () => {
    expect(await made(call(), { clientSecret: "wrong" })).toEqual(["notSent", "none"]);
    expect(methods()).toEqual([]);
  });
});

describe("the LMS refuses", () => {
  const refusal = async (given = call(), openEdx: OpenEdx = gatewaysTo(edx)) => {
    const outcome = await openEdx.enrollments.ensure(given);
    return outcome.kind === "refused" ? [outcome.code, outcome.detail] : outcome;
  };

  test.each([
    ["a run that is closed", { enrollmentEndsAt: new Date(0) }, 400],
    ["a run that is full", { maxEnrollments: 0 }, 400],
    ["a run for the invited", { isInviteOnly: true }, 400],
    ["what a filter of the view prevents", { preventedBy: "viewFilter" }, 400],
    ["what a filter of enrollments prevents", { preventedBy: "enrollmentFilter" }, 403],
    ["a mode that has expired", { modes: [] }, 400],
  ] as const)("%s, and the detail does not name the learner", async (_what, change, status) => {
    Object.assign(edx.world.runs.get(RUN)!, change);
    const [code, detail] = (await refusal()) as string[];
    expect([code, detail]).toEqual(["NOT_ALLOWED", expect.stringMatching(`^HTTP ${status} `)]);
    expect(detail).not.toContain(LEARNER);
    expect(methods()).toEqual(["GET", "POST"]);
  });

  test("runs and learners that it does not know, and says which", async () => {
    const detail = expect.stringMatching(/^HTTP 40[06] /) as string;
    expect(await refusal(call({ courseRunKey: "course-v1:No+Such+Run" }))).toEqual(["RUN_UNKNOWN", detail]);
    expect(await refusal(call({ username: "nobody_at_all" }))).toEqual(["USER_UNKNOWN", detail]);
  });

  test("a token without a right, which says nothing of the learner", async () => {
    edx.faults.set({ system: "lms", path: POST, kind: "status", status: 403 });
    expect(await refusal()).toEqual({ kind: "notSent", cause: "HTTP_403" });
  });

  test("a repeat whose mode has expired since the attempt before, which is done all the same", async () => {
    edx.faults.set({ system: "lms", path: POST, kind: "reset", nth: 1 });
    expect(await made(call())).toEqual(["unknown", "none"]);
    afterNextLook(() => {
      isEnrolled("verified");
      edx.others.setMode(RUN, "verified", { expiresAt: new Date(0) });
    });
    expect(await made(call({ isRepeat: true }))).toEqual(["done", "verified active"]);
    expect(posts().at(-1)!.status).toBe(400);
  });

  test("a deactivation of what the learner has left meanwhile in a closed run, which is done all the same", async () => {
    isEnrolled("verified");
    edx.world.runs.get(RUN)!.enrollmentEndsAt = new Date(0);
    afterNextLook(() => edx.others.deactivate(LEARNER, RUN));
    expect(await made(ending())).toEqual(["done", "verified inactive"]);
    expect(posts().at(-1)!.status).toBe(400);
  });
});
