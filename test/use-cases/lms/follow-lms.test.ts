import { HttpFailure } from "../../../src/gateways/http-client";
import type { Followed } from "../../../src/reads/lms/followed-enrollments";
import type { SeatKey } from "../../../src/reads/lms/recorded-enrollment";
import { followLms, type FollowPlace } from "../../../src/use-cases/lms/reconciling/follow-lms";
import type { Reconciled } from "../../../src/use-cases/lms/reconciling/reconcile";
import { reconcileEnrollment } from "../../../src/use-cases/lms/reconciling/reconcile-enrollment";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { ada } from "../../support/demo-app";
import { aCourse, anEntitlement, standing, useLms } from "../../support/lms";
import { requestOf } from "../../support/refunds";

const beside = useLms();
const ORIGIN = { source: "JOB", requestId: "following" } as const;
const LIST = "^GET .*/enrollments";

/** The product with a clock that runs so fast that pauses are short. */
const hurried = () => ({ ...beside.app, clock: () => new Date(Date.now() + (beside.aheadMs += 1_000)) });

/**
 * Follows the LMS to the end, and returns what was reconciled. The list of the LMS leaves out a run that was deleted, so
 * that an enrollment there is read each time, which is left out here.
 */
async function follow(place: FollowPlace | Followed = "UNEXPIRED") {
  const reconciled: (SeatKey & { result: Reconciled | HttpFailure })[] = [];
  let learners = 0;
  const next = await followLms(hurried(), {
    from: place,
    shouldStop: () => false,
    async reconcile(pair) {
      const result = await reconcileEnrollment(beside.app, pair, ORIGIN);
      if (!pair.courseRunKey.endsWith("+vanished")) reconciled.push({ ...pair, result });
    },
    onLearners: (count) => (learners += count),
    onFailure: (pair, result) => reconciled.push({ ...pair, result }),
  });
  expect(next).toBeNull();
  return { reconciled, learners };
}

async function aSpentOne() {
  const course = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, course.courseUuid);
  await enrollAndFulfill(requestOf(beside.app, ada), { entitlementId, courseRunKey: course.one });
  return { ...course, entitlementId };
}

/** The requests from now on, by their paths. */
function requestsFromNow(): () => string[] {
  const before = beside.edx.requests.length;
  return () => beside.edx.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
}

beforeAll(async () => {
  await follow(); // what the two demo worlds tell differently
});

test("only what differs is reconciled, and a second time nothing does", async () => {
  const [left, kept] = [await aSpentOne(), await aSpentOne()];
  beside.edx.others.deactivate("ada", left.one);
  const { reconciled } = await follow();
  expect(reconciled).toEqual([
    {
      userId: ada.userId,
      courseRunKey: left.one,
      result: expect.objectContaining({ kind: "CLEAR" }) as object,
    },
  ]);
  expect(await standing(beside, left.entitlementId)).toMatchObject({ state: "AVAILABLE" });
  expect(await standing(beside, kept.entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
  expect(await follow()).toMatchObject({ reconciled: [] });
});

test("a call names up to 100 learners", async () => {
  await aSpentOne();
  const requests = requestsFromNow();
  const { learners } = await follow();
  expect(learners).toBeGreaterThan(1);
  expect(requests().filter((each) => each.includes("/enrollments?"))).toHaveLength(1);
});

test("a run of another course, for which the learner has no entitlement, is none of ours", async () => {
  await aSpentOne();
  const { one } = await aCourse(beside);
  beside.edx.others.enroll("ada", one, "verified");
  expect(await follow()).toMatchObject({ reconciled: [] });
});

test("a stop is obeyed after each enrollment, and the rest is done from there", async () => {
  const [first, second] = [await aSpentOne(), await aSpentOne()];
  for (const { one } of [first, second]) beside.edx.others.deactivate("ada", one);
  const done = new Set<string>();
  const next = await followLms(hurried(), {
    from: "UNEXPIRED",
    shouldStop: () => done.has(first.one),
    reconcile: ({ courseRunKey }) => Promise.resolve(done.add(courseRunKey)),
  });
  expect(done).not.toContain(second.one);
  const stored = JSON.parse(JSON.stringify(next)) as FollowPlace;
  expect((await follow(stored)).reconciled.map(({ courseRunKey }) => courseRunKey)).toEqual([second.one]);
});

test("when the LMS does not answer, it is left alone for a minute, and nothing changes", async () => {
  const { one, entitlementId } = await aSpentOne();
  beside.edx.others.deactivate("ada", one);
  beside.edx.faults.set({ system: "lms", path: LIST, kind: "status", status: 400 });
  const requests = requestsFromNow();
  let looks = 0;
  const next = await followLms(beside.app, { from: "UNEXPIRED", shouldStop: () => looks++ > 2, reconcile });
  expect(next!.notBefore - beside.app.clock().getTime()).toBeGreaterThan(50_000);
  expect([next!.after, requests().length]).toEqual([null, 1]);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
  beside.edx.faults.set();
  await follow({ ...next!, notBefore: 0 });
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
});

test("an enrollment that cannot be read stops none of the others", async () => {
  const [first, second] = [await aSpentOne(), await aSpentOne()];
  for (const { one } of [first, second]) beside.edx.others.deactivate("ada", one);
  const path = `^GET .*/enrollment/.*${encodeURIComponent(first.one).replaceAll(/[.+]/g, "\\$&")}`;
  beside.edx.faults.set({ system: "lms", path, kind: "status", status: 400 });
  const { reconciled } = await follow();
  const told = reconciled.map(({ result }) => (result instanceof HttpFailure ? result.word : result.kind));
  expect(told).toEqual(["HTTP_400", "CLEAR"]);
  beside.edx.faults.set();
  await follow();
  expect(await standing(beside, first.entitlementId)).toMatchObject({ state: "AVAILABLE" });
});

test.each([
  [60, 30],
  [6_000, 60],
])("of %i requests a minute that the settings allow, it sends at most %i", async (allowed, sent) => {
  await aSpentOne();
  const { config } = beside.app;
  const app = { ...beside.app, config: { ...config, lms: { ...config.lms!, callsPerMinute: allowed } } };
  const next = await followLms(app, { from: "UNEXPIRED", shouldStop: once(), reconcile });
  const pauseMs = next!.notBefore - app.clock().getTime();
  const pages = Math.ceil(beside.edx.world.enrollments.size / 100);
  expect(pauseMs).toBeLessThanOrEqual((pages * 60_000) / sent);
  expect(pauseMs).toBeGreaterThan(60_000 / sent - 500);
});

/** For what is never reconciled. */
const reconcile = () => Promise.reject(new Error("reconciled"));

/** Says to stop after one step. */
function once(): () => boolean {
  let steps = 0;
  return () => steps++ > 0;
}
