import type { HttpFailure } from "../../../src/gateways/http-client";
import type { OpenEdx } from "../../../src/gateways/open-edx/open-edx";
import { openFakeEdx, type FakeEdx } from "../../fake-edx/fake-edx";
import { WORKER } from "../../fake-edx/world/demo";
import { TokenBucket } from "../../../src/gateways/token-bucket";
import { gatewaysTo } from "./installations";

const RUN = "course-v1:DemoX+DEMO.01+open";
const KEY = { username: "ada", courseRunKey: RUN };

let edx: FakeEdx;
let openEdx: OpenEdx;
/** What the clock of pauses is ahead. */
let aheadMs = 0;
beforeEach(async () => {
  aheadMs = 0;
  edx = await openFakeEdx({ clock: () => new Date(Date.now() + aheadMs) });
  openEdx = gatewaysTo(edx, { deadlineMs: 4_000 }); // pauses are parts of it
});
afterEach(() => edx.close());

/** The word of a failure. */
const word = (asking: Promise<unknown>) =>
  asking.then(
    (answer) => `answered ${JSON.stringify(answer)}`,
    (error: HttpFailure) => error.word,
  );
const statuses = (path: string) =>
  edx.requests.filter((each) => each.path.includes(path)).map(({ status }) => status);

describe("a request that only reads", () => {
  test.each([429, 500, 502, 503, 504])("is repeated at most twice after %d", async (status) => {
    edx.faults.set({ system: "lms", path: "/accounts", kind: "status", status, nth: [1, 2] });
    expect(await openEdx.accounts.byUsernames(["ada"])).toMatchObject([{ username: "ada" }]);
    edx.faults.set({ system: "lms", path: "/accounts", kind: "status", status });
    expect(await word(openEdx.accounts.byId("1"))).toBe(`HTTP_${status}`);
    expect(statuses("/accounts")).toEqual([status, status, 200, status, status, status]);
  });

  test("is repeated after a reset, and not after an answer that says no", async () => {
    edx.faults.set({ system: "lms", path: "/accounts", kind: "reset", nth: 1 });
    expect(await openEdx.accounts.byUsernames(["ada"])).toHaveLength(1);
    edx.faults.set({ system: "lms", path: "/accounts", kind: "status", status: 403 });
    expect(await word(openEdx.accounts.byUsernames(["ada"]))).toBe("HTTP_403");
    expect(statuses("/accounts")).toEqual(["reset", 200, 403]);
  });

  test("waits as long as the system asks for", async () => {
    const fault = { kind: "status", status: 503, retryAfterSeconds: 1, nth: 1 } as const;
    edx.faults.set({ system: "lms", path: "/accounts", ...fault });
    const start = performance.now();
    expect(await openEdx.accounts.byUsernames(["ada"])).toHaveLength(1);
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  test("does not wait longer than its deadline, and the system is then left alone for as long as it has said", async () => {
    const fault = { kind: "status", status: 429, retryAfterSeconds: 30 } as const;
    edx.faults.set({ system: "lms", path: "/accounts", ...fault });
    expect(await word(openEdx.accounts.byUsernames(["ada"]))).toBe("HTTP_429");
    expect(openEdx.enrollments.isPaused).toBe(true);
    expect(await word(openEdx.enrollments.read(KEY))).toBe("PAUSED");
    expect(edx.requests.filter(({ method }) => method === "GET")).toHaveLength(1);
    aheadMs = 31_000;
    expect(openEdx.enrollments.isPaused).toBe(false);
    expect(await word(openEdx.enrollments.read(KEY))).toMatch(/^answered/);
  });

  test("shares its deadline with its repeats", async () => {
    const hasty = gatewaysTo(edx, { deadlineMs: 400 });
    edx.faults.set({ system: "lms", path: "/accounts", kind: "silence" });
    const start = performance.now();
    expect(await word(hasty.accounts.byUsernames(["ada"]))).toBe("TimeoutError");
    expect(performance.now() - start).toBeLessThan(1_200);
    expect(statuses("/accounts")).toEqual(["silence"]);
  });

  test("is sent once more with another token after 401, and not again", async () => {
    edx.faults.set({ system: "lms", path: "/accounts", kind: "status", status: 401, nth: 1 });
    expect(await openEdx.accounts.byUsernames(["ada"])).toHaveLength(1);
    edx.faults.set({ system: "lms", path: "/accounts", kind: "status", status: 401 });
    expect(await word(openEdx.accounts.byUsernames(["ada"]))).toBe("HTTP_401");
    expect(statuses("/accounts")).toEqual([401, 200, 401, 401]);
    expect(statuses("/access_token")).toEqual([200, 200, 200]);
  });
});

describe("an answer", () => {
  test("that is no JSON, or lacks what we need, makes no sense", async () => {
    edx.faults.set({ system: "lms", kind: "nonsense", shape: "html", path: "^GET" });
    expect(await word(openEdx.enrollments.read(KEY))).toBe("NONSENSE");
    expect(await word(openEdx.certificates.status(KEY))).toBe("NONSENSE");
    edx.faults.set({ system: "discovery", kind: "nonsense", shape: "truncated" });
    expect(await word(openEdx.catalog.runs([RUN]))).toBe("NONSENSE");
    edx.world.users.get(WORKER)!.isStaff = false; // others are told no ids
    expect(await word(openEdx.accounts.byUsernames(["ada"]))).toBe("NONSENSE");
  });

  test("may be longer than that of a shop, up to a limit", async () => {
    const run = edx.world.runs.get(RUN)!;
    run.title = "x".repeat(1_000_000);
    expect((await openEdx.catalog.liveRun(RUN))!.title).toBe(run.title);
    run.title = "x".repeat(5_000_000);
    expect(await word(openEdx.catalog.liveRun(RUN))).toBe("TOO_LARGE");
  });

  test("leaves its personal data behind", async () => {
    const told = [
      await openEdx.accounts.byUsernames(["ada", "bob"]),
      await openEdx.accounts.byId("1"),
      await openEdx.enrollments.readAll(["ada"]),
    ];
    expect(told.flat()).not.toHaveLength(0);
    const { email, name } = edx.world.users.get("ada")!;
    for (const personal of [email, name, "biography", "Street", "+33"])
      expect(JSON.stringify(told)).not.toContain(personal);
  });

  test("with many enrollments comes in pages, which are all read", async () => {
    const [first] = edx.world.runs.values();
    for (let count = 0; count < 130; count++) {
      const key = `course-v1:Many+Runs+${count}`;
      edx.world.runs.set(key, { ...first!, key });
      edx.others.enroll("bob", key, "audit");
    }
    const found = await openEdx.enrollments.readAll(["bob"]);
    expect(new Set(found.map(({ courseRunKey }) => courseRunKey)).size).toBeGreaterThanOrEqual(130);
    expect(statuses("/enrollments?")).toEqual([200, 200]);
  });

  test("of the catalog holds hidden and retired runs too", async () => {
    const run = edx.world.runs.get(RUN)!;
    for (const change of [{ isHidden: true }, { isRetired: true }]) {
      Object.assign(run, { isHidden: false, isRetired: false }, change);
      const ofCourse = await openEdx.catalog.runsOfCourses([run.courseUuid]);
      expect(ofCourse.map(({ key }) => key)).toContain(RUN);
      expect(await openEdx.catalog.runs([RUN])).toHaveLength(1);
    }
  });

  test("that a certificate cannot be shown does not say that there is none", async () => {
    edx.others.certify("ada", RUN, "downloadable");
    expect(await openEdx.certificates.status(KEY)).toBe("downloadable");
    for (const certificate of edx.world.certificates.values()) certificate.isConfigured = false;
    for (let times = 0; times < 6; times++)
      expect(await word(openEdx.certificates.status(KEY))).toBe("STATUS_UNKNOWN");
    expect(openEdx.enrollments.isPaused).toBe(false);
  });
});

describe("a system", () => {
  test("that does not answer five times is left alone for a while, and the other one is not", async () => {
    edx.faults.set({ system: "lms", path: "^GET", kind: "nonsense", shape: "html" });
    for (let times = 0; times < 5; times++)
      expect(await word(openEdx.enrollments.read(KEY))).toBe("NONSENSE");
    expect(openEdx.enrollments.isPaused).toBe(true);
    edx.faults.set();
    expect(await word(openEdx.accounts.byId("1"))).toBe("PAUSED");
    const outcome = await openEdx.enrollments.ensure({
      ...KEY,
      mode: null,
      changeableModes: [],
      mayEnroll: true,
      isRepeat: false,
      requestId: null,
    });
    expect(outcome).toEqual({ kind: "notSent", cause: "PAUSED" });
    expect(await openEdx.catalog.runs([RUN])).toHaveLength(1);
    aheadMs = 60_000;
    expect(await openEdx.accounts.byId("1")).toMatchObject({ username: "ada" });
    expect(openEdx.enrollments.isPaused).toBe(false);
  });

  test("that refuses five requests answers all the same", async () => {
    edx.faults.set({ system: "lms", path: "/accounts", kind: "status", status: 403 });
    for (let times = 0; times < 6; times++) expect(await word(openEdx.accounts.byId("1"))).toBe("HTTP_403");
    expect(openEdx.enrollments.isPaused).toBe(false);
  });

  test("is sent no more requests than it may get; those that cannot wait fail at once", async () => {
    const slow = gatewaysTo(edx, { callsPerMinute: 3, deadlineMs: 2_000 });
    for (let times = 0; times < 3; times++) await slow.accounts.byId("1");
    expect(slow.enrollments.isPaused).toBe(true);
    const start = performance.now();
    expect(await word(slow.accounts.byId("1"))).toBe("PAUSED");
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(statuses("/accounts")).toHaveLength(3);
    expect(await slow.catalog.runs([RUN])).toHaveLength(1);
  });

  test("makes requests wait for their turn, as long as they can", async () => {
    const [bucket, start] = [new TokenBucket(600), performance.now()];
    for (let times = 0; times < 605; times++) await bucket.take(Infinity);
    expect(performance.now() - start).toBeGreaterThanOrEqual(490);
  });

  test("is asked for no more at once than it can tell", async () => {
    const names = (count: number) => Array.from({ length: count }, (_, at) => `learner${at}`);
    await expect(openEdx.accounts.byUsernames(names(51))).rejects.toThrow(RangeError);
    await expect(openEdx.enrollments.readAll(names(101))).rejects.toThrow(RangeError);
    expect(await openEdx.enrollments.readAll(names(100))).toEqual([]);
    expect(await openEdx.accounts.byUsernames(names(50))).toEqual([]);
  });
});
