import { setTimeout as sleep } from "node:timers/promises";
import { runKey } from "../../../src/demo/catalog";
import { useFakeEdx } from "../asking";
import { enrollmentId } from "../world/world";
import type { Fault } from "./faults";

const asking = useFakeEdx();
const open = runKey(1, "open");
const ENROLLING = { system: "lms", path: "^POST .*/enrollment$" } as const;
const enroll = () =>
  asking.post({ user: "bob", mode: "audit", is_active: true, course_details: { course_id: open } });
const isEnrolled = () => asking.edx.world.enrollments.has(enrollmentId("bob", open));
const last = () => asking.edx.requests.at(-1)!;

test("a slow answer comes late, and its effect at once", async () => {
  asking.edx.faults.set({ ...ENROLLING, kind: "slow", ms: 600_000 });
  void enroll().catch(() => "closed");
  while (!isEnrolled()) await sleep(10);
  expect(last().status).toBeNull();
  asking.edx.faults.set({ ...ENROLLING, kind: "slow", ms: 50 });
  const start = performance.now();
  expect((await enroll()).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThanOrEqual(49);
});

test("a status is answered without any effect, with the time to wait where one is given", async () => {
  asking.edx.faults.set({ ...ENROLLING, kind: "status", status: 429, retryAfterSeconds: 7 });
  const { status, headers } = await enroll();
  expect([status, headers.get("retry-after")]).toEqual([429, "7"]);
  expect(isEnrolled()).toBe(false);
  expect(last()).toMatchObject({ status: 429, effect: [] });
});

test.each<[Fault["kind"], boolean]>([
  ["reset", false],
  ["lostAnswer", true],
])("after %s the connection is reset, and whether it has happened is %s", async (kind, isDone) => {
  asking.edx.faults.set({ ...ENROLLING, kind } as Fault);
  await expect(enroll()).rejects.toThrow("fetch failed");
  expect(isEnrolled()).toBe(isDone);
  expect(last()).toMatchObject({ status: "reset", effect: isDone ? [{ username: "bob", from: null }] : [] });
});

test("a late effect happens after the connection was reset", async () => {
  asking.edx.faults.set({ ...ENROLLING, kind: "lateEffect", ms: 100 });
  await expect(enroll()).rejects.toThrow("fetch failed");
  expect(isEnrolled()).toBe(false);
  while (last().effect.length === 0) await sleep(10);
  expect(isEnrolled()).toBe(true);
});

test("silence is no answer at all", async () => {
  asking.edx.faults.set({ ...ENROLLING, kind: "silence" });
  expect(await Promise.race([enroll().catch(() => "closed"), sleep(100, "nothing")])).toBe("nothing");
  expect(last()).toMatchObject({ status: "silence", effect: [] });
});

test("nonsense is a page for people, or half of the answer", async () => {
  asking.edx.faults.set({ ...ENROLLING, kind: "nonsense", shape: "html" });
  await expect(enroll()).rejects.toThrow("<html>");
  expect(isEnrolled()).toBe(false);
  asking.edx.faults.set({ ...ENROLLING, kind: "nonsense", shape: "truncated" });
  await expect(enroll()).rejects.toThrow(SyntaxError);
  expect(isEnrolled()).toBe(true);
});

test("a fault can be for some of the requests that it names, and leaves others alone", async () => {
  asking.edx.faults.set({ ...ENROLLING, nth: [1, 3], kind: "status", status: 500 });
  const url = `${asking.edx.lmsUrl}/api/user/v1/accounts/bob`;
  expect((await asking.get(url)).status).toBe(200);
  const statuses = [];
  for (let n = 0; n < 4; n++) statuses.push((await enroll()).status);
  expect(statuses).toEqual([500, 200, 500, 200]);
});

test("faults that make no sense are refused, with the reason", () => {
  const wrong = (fault: object) => () => asking.edx.faults.set({ system: "lms", ...fault } as Fault);
  expect(wrong({ kind: "slow" })).toThrow("ms");
  expect(wrong({ kind: "reset", path: "(" })).toThrow("is no regular expression");
  expect(wrong({ kind: "unheard" })).toThrow("kind");
  expect(wrong({ kind: "reset", when: 3 })).toThrow("when");
});
