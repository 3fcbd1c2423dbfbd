import { randomUUID } from "node:crypto";
import type { App } from "../../src/app";
import { runKey } from "../../src/demo/catalog";
import { CourseEnrollment } from "../../src/entities/course-enrollment";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { transact } from "../../src/store/transact";
import { PageRefresher } from "../../src/jobs/page-refresher";
import { appOn } from "../support/app";
import { ada, ask, grace } from "../support/demo-app";
import { callsOf, useLms } from "../support/lms";
import { SYSTEM } from "../support/refunds";
import { statementsOf } from "../support/statements";

const beside = useLms({ LMS_DEADLINE_MS: "2000" });
let pages: PageRefresher;
let app: App;
beforeEach(() => {
  pages = new PageRefresher();
  app = { ...beside.app, pages };
});
afterEach(() => pages.stop());

let lastId = 900;
/** A learner with so many entitlements, each redeemed for a run of another course, of which nothing was told yet. */
async function aLearner(entitlements: number) {
  const userId = String(++lastId);
  const username = `reader${userId}`;
  beside.edx.others.register({ id: userId, username });
  await app.db.query("insert into user_account (id, username) values ($1, $2)", [userId, username]);
  const { modes } = beside.edx.world.runs.get(runKey(1, "open"))!;
  const when = new Date(Date.now() - 3_600_000);
  const rows = Array.from({ length: entitlements }, (_, place) => {
    const courseUuid = randomUUID();
    const key = `course-v1:DemoX+PAGE.${userId}.${place}+one`;
    beside.edx.others.publish({ key, courseUuid, modes, startsAt: when });
    beside.edx.others.enroll(username, key, "verified");
    return { id: randomUUID(), enrollmentId: randomUUID(), courseUuid, key };
  });
  await transact(app.db, SYSTEM, async (tx) => {
    const like = { userId, mode: "verified", createdAt: when };
    await tx.save(
      rows.map(({ enrollmentId: id, key }) =>
        tx.create(CourseEnrollment, { ...like, id, courseRunKey: key, isActive: true }),
      ),
    );
    await tx.save(
      rows.map(({ id, courseUuid, enrollmentId }) =>
        tx.create(CourseEntitlement, {
          ...like,
          id,
          courseUuid,
          enrollmentId,
          redeemedAt: when,
          modifiedAt: when,
          orderNumber: `PAGE-${id}`,
        }),
      ),
    );
  });
  return { ...ada, userId, username, rows };
}
type Learner = Awaited<ReturnType<typeof aLearner>>;

const PAGE = `{ viewer { entitlements(first: 100) { edges { node {
  id freshness { enrollmentSeenAt runSeenAt certificateSeenAt isStale } enrollment { courseRun { seenAt } }
} } } } }`;
interface Shown {
  freshness: { [instant: string]: string | boolean | null };
  enrollment: { courseRun: { seenAt: string | null } };
}
/** Reads the page of a learner; the refresh goes on in the background. */
async function read(learner: Learner, on = app): Promise<Shown[]> {
  const { data, errors } = await ask<{ viewer: { entitlements: { edges: { node: Shown }[] } } }>(
    on,
    learner,
    PAGE,
  );
  expect(errors).toBeUndefined();
  return data!.viewer.entitlements.edges.map(({ node }) => node);
}
/** The calls that a page causes until nobody waits. */
const callsBy = (learner: Learner) =>
  callsOf(beside, async () => {
    await read(learner);
    await pages.settled();
  });
const countOf = (calls: string[], part: string) => calls.filter((call) => call.includes(part)).length;

test("a page of 100 entitlements in 100 courses costs at most 12 calls, and none when it is read again", async () => {
  const learner = await aLearner(100);
  const cold = await callsBy(learner);
  expect(countOf(cold, "/enrollments?")).toBe(1);
  expect(countOf(cold, "/api/v1/courses")).toBe(5);
  expect(countOf(cold, "/certificates/")).toBe(6);
  expect(cold).toHaveLength(12);
  expect(await callsBy(learner)).toEqual([]);
  beside.aheadMs += 6 * 60_000;
  const later = await callsBy(learner);
  expect(countOf(later, "/api/v1/courses")).toBe(0);
  expect(later).toHaveLength(7);
});

test("the page shows how old everything is, and that it is fresh after the refresh", async () => {
  const learner = await aLearner(2);
  const never = { enrollmentSeenAt: null, runSeenAt: null, certificateSeenAt: null, isStale: true };
  // The refresh of a page may end before the rest of the page is read, so the first reading causes none.
  expect((await read(learner, { ...app, pages: { note: () => undefined } }))[0]).toMatchObject({
    freshness: never,
  });
  await read(learner);
  await pages.settled();
  const [shown] = await read(learner);
  const { enrollmentSeenAt, runSeenAt, certificateSeenAt } = shown!.freshness;
  for (const instant of [enrollmentSeenAt, runSeenAt, certificateSeenAt])
    expect(Date.parse(instant as string)).toBeGreaterThan(Date.now() - 60_000);
  expect(shown!.freshness["isStale"]).toBe(false);
  expect(shown!.enrollment.courseRun.seenAt).toBe(runSeenAt);
});

test("an entitlement whose learner has left the run in the LMS is available again after the refresh", async () => {
  const learner = await aLearner(1);
  beside.edx.others.deactivate(learner.username, learner.rows[0]!.key);
  await read(learner);
  await pages.settled();
  const { data } = await ask(
    app,
    learner,
    "{ viewer { entitlements { edges { node { state enrollment { id } } } } } }",
  );
  expect(data).toEqual({
    viewer: { entitlements: { edges: [{ node: { state: "AVAILABLE", enrollment: null } }] } },
  });
});

test("the certificates that were asked for longest ago come first", async () => {
  const learner = await aLearner(8);
  const first = await callsBy(learner);
  beside.aheadMs += 11 * 60_000;
  const second = await callsBy(learner);
  const asked = (calls: string[]) => calls.filter((call) => call.includes("/certificates/"));
  const missing = learner.rows.filter(({ key }) => !asked(first).some((call) => call.includes(key)));
  expect(missing).toHaveLength(2);
  for (const { key } of missing) expect(asked(second).slice(0, 2).join()).toContain(key);
});

test("reading a page is one statement for its facts, and writes nothing", async () => {
  const learner = await aLearner(3);
  await callsBy(learner);
  const sent = await statementsOf(() => read(learner));
  expect(sent.map(({ text }) => text.trim().slice(0, 6))).toEqual(["select"]);
});

test("support's list of one learner's entitlements refreshes them, and a list of all learners nothing", async () => {
  const learner = await aLearner(1);
  const list = (filter: string) =>
    callsOf(beside, async () => {
      await ask(app, grace, `{ entitlements(first: 1${filter}) { edges { node { id } } } }`);
      await pages.settled();
    });
  expect(await list("")).toEqual([]);
  expect(await list(`, filter: { username: "${learner.username}" }`)).toHaveLength(3);
});

test("a page is answered at once while the LMS does not, and the learner is not tried again for 5 minutes", async () => {
  const learner = await aLearner(1);
  beside.edx.faults.set({ system: "lms", path: "/enrollments", kind: "silence" });
  const begun = performance.now();
  await read(learner);
  expect(performance.now() - begun).toBeLessThan(1_000);
  await pages.settled();
  beside.edx.faults.set();
  expect(await callsBy(learner)).toEqual([]);
  beside.aheadMs += 6 * 60_000;
  expect((await callsBy(learner)).length).toBeGreaterThan(0);
});

test("nothing is refreshed after the end of the server", async () => {
  const learner = await aLearner(1);
  await pages.stop();
  expect(await callsBy(learner)).toEqual([]);
});

test("beyond 1,000 learners that wait for the two whose turn it is, no more are noted", async () => {
  const sent = await statementsOf(async () => {
    for (let id = 0; id < 1_010; id++) pages.note(app, `1000${id}`);
    await pages.settled();
  });
  expect(sent).toHaveLength(1_002);
});

test("where this service holds the enrollments, nothing is asked for and no instant is given", async () => {
  const learner = await aLearner(1);
  const embedded = { ...appOn(app.db), pages };
  const nothing = { enrollmentSeenAt: null, runSeenAt: null, certificateSeenAt: null, isStale: false };
  expect((await read(learner, embedded))[0]!.freshness).toEqual(nothing);
  await pages.settled();
  expect(await callsOf(beside, () => pages.settled())).toEqual([]);
});
