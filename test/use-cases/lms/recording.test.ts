import { CourseRun } from "../../../src/entities/course-run";
import { recordCertificate } from "../../../src/use-cases/lms/record-certificate";
import { recordEnrollments } from "../../../src/use-cases/lms/record-enrollments";
import { recordLiveRun, recordRuns } from "../../../src/use-cases/lms/record-runs";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { failStatement } from "../../support/fail-statement";
import { ada } from "../../support/demo-app";
import { aCourse, anEntitlement, useLms } from "../../support/lms";
import { requestOf } from "../../support/refunds";

const beside = useLms();
const NOW = () => beside.app.clock();
const ago = (ms: number) => new Date(NOW().getTime() - ms);
const userId = ada.userId!;

const storedRun = (key: string) => beside.app.db.manager.findOneByOrFail(CourseRun, { key });
const modesOf = (key: string) =>
  beside.app.db.query<{ slug: string; price: number }[]>(
    "select slug, min_price as price from course_mode where course_run_key = $1 order by slug",
    [key],
  );
const enrollmentIn = async (key: string) => {
  const [row] = await beside.app.db.query<{ mode: string; isActive: boolean; seenAt: Date | null }[]>(
    `select mode, is_active as "isActive", seen_at as "seenAt" from course_enrollment
     where user_id = $1 and course_run_key = $2`,
    [userId, key],
  );
  return row;
};

/** Asks the LMS for all enrollments of ada, and records what it tells. */
async function recordAll(seenAt = NOW()) {
  const enrollments = await beside.app.openEdx.enrollments.readAll(["ada"]);
  await recordEnrollments(beside.app, { userId, courseRunKey: null, enrollments, seenAt });
  return seenAt;
}

describe("runs", () => {
  const fromCatalog = async (courseUuid: string, seenAt = NOW()) => {
    await recordRuns(beside.app, await beside.app.openEdx.catalog.runsOfCourses([courseUuid]), seenAt);
    return seenAt;
  };

  test("a run is stored as the catalog tells it, with its modes instead of those before", async () => {
    const { courseUuid, one } = await aCourse(beside);
    const told = beside.edx.world.runs.get(one)!;
    Object.assign(told, { title: "A new title", startsAt: new Date("2026-01-02T03:04:05Z") });
    told.modes = [{ slug: "professional", minPrice: 200, currency: "usd", expiresAt: null, sku: null }];
    const seenAt = await fromCatalog(courseUuid);
    expect(await storedRun(one)).toMatchObject({
      title: "A new title",
      startsAt: told.startsAt,
      courseUuid,
      seenAt,
    });
    expect(await modesOf(one)).toEqual([{ slug: "professional", price: 200 }]);
  });

  test("a run that the catalog no longer has stays, and so do the modes of one for which it tells none", async () => {
    const { courseUuid, one, two } = await aCourse(beside);
    beside.edx.world.runs.delete(one);
    beside.edx.world.runs.get(two)!.modes = [];
    await fromCatalog(courseUuid);
    expect(await storedRun(one)).toMatchObject({ courseUuid, seenAt: null });
    expect((await modesOf(one)).length).toBeGreaterThan(0);
    expect((await modesOf(two)).length).toBeGreaterThan(0);
  });

  test("what the LMS tells of a run changes its dates and modes, but not what the catalog says about it", async () => {
    const { courseUuid, one } = await aCourse(beside);
    await fromCatalog(courseUuid, ago(1_000));
    const { title } = await storedRun(one);
    const told = beside.edx.world.runs.get(one)!;
    const enrollmentEndsAt = new Date("2026-02-03T00:00:00Z");
    Object.assign(told, { title: "Another title", enrollmentEndsAt, modes: told.modes.slice(0, 1) });
    const live = await beside.app.openEdx.catalog.liveRun(one);
    await recordLiveRun(beside.app, live!, NOW());
    expect(await storedRun(one)).toMatchObject({ title, enrollmentEndsAt, courseUuid });
    expect(await modesOf(one)).toHaveLength(1);
  });

  test("what was told earlier does not replace what was told later", async () => {
    const { courseUuid, one } = await aCourse(beside);
    const seenAt = await fromCatalog(courseUuid);
    beside.edx.world.runs.get(one)!.title = "Older";
    beside.edx.world.runs.get(one)!.modes = beside.edx.world.runs.get(one)!.modes.slice(0, 1);
    await fromCatalog(courseUuid, ago(60_000));
    const run = await storedRun(one);
    expect(run.title).not.toBe("Older");
    expect(run.seenAt).toEqual(seenAt);
    expect((await modesOf(one)).length).toBeGreaterThan(1);
  });

  test("values that cannot be stored are cut or left out", async () => {
    const { courseUuid, one } = await aCourse(beside);
    const [run] = await beside.app.openEdx.catalog.runs([one]);
    const mode = run!.modes[0]!;
    const odd = [
      { ...mode, slug: "x".repeat(101) },
      { ...mode, currency: "y".repeat(9) },
      { ...mode, slug: "dear", minPrice: 2 ** 31 },
      { ...mode, slug: "never", expiresAt: new Date("0000-06-01T00:00:00Z") },
    ];
    const told = { ...run!, title: `\0\ud800${"t".repeat(254)}🌊`, modes: odd };
    const tooLong = { ...run!, key: "k".repeat(256) };
    await recordRuns(beside.app, [told, tooLong], NOW());
    expect((await storedRun(one)).title).toBe("t".repeat(254));
    expect((await modesOf(one)).map(({ slug }) => slug)).toEqual(["never"]);
    expect(await beside.app.db.manager.countBy(CourseRun, { courseUuid })).toBe(2);
  });

  test("when any statement fails, nothing is stored", async () => {
    const { courseUuid, one } = await aCourse(beside);
    beside.edx.world.runs.get(one)!.modes.pop();
    const runs = await beside.app.openEdx.catalog.runsOfCourses([courseUuid]);
    const before = await modesOf(one);
    let failures = 0;
    for (let nth = 1; ; nth++) {
      const work = () => recordRuns(beside.app, runs, NOW()).catch(() => failures++);
      if (!(await failStatement(nth, work))) break;
      expect(await storedRun(one)).toMatchObject({ seenAt: null });
      expect(await modesOf(one)).toEqual(before);
    }
    expect(failures).toBeGreaterThan(3);
    expect((await storedRun(one)).seenAt).not.toBeNull();
  });
});

describe("enrollments", () => {
  test("enrollments are stored as the LMS tells them, and one that it does not have has ended", async () => {
    const { one, two } = await aCourse(beside);
    beside.edx.others.enroll("ada", one, "audit");
    await beside.app.db.query(
      "insert into course_enrollment (user_id, course_run_key, mode, is_active) values ($1, $2, 'verified', true)",
      [userId, two],
    );
    const seenAt = await recordAll();
    expect(await enrollmentIn(one)).toEqual({ mode: "audit", isActive: true, seenAt });
    expect(await enrollmentIn(two)).toEqual({ mode: "verified", isActive: false, seenAt });
  });

  test("an answer about one run says nothing of the others", async () => {
    const { one, two } = await aCourse(beside);
    beside.edx.others.enroll("ada", two, "audit");
    await recordAll();
    beside.edx.others.enroll("ada", one, "verified");
    const read = await beside.app.openEdx.enrollments.read({ username: "ada", courseRunKey: one });
    await recordEnrollments(beside.app, { userId, courseRunKey: one, enrollments: [read!], seenAt: NOW() });
    expect(await enrollmentIn(one)).toMatchObject({ mode: "verified", isActive: true });
    expect(await enrollmentIn(two)).toMatchObject({ mode: "audit", isActive: true });
  });

  test("what was told earlier does not replace what was told later", async () => {
    const { one } = await aCourse(beside);
    beside.edx.others.enroll("ada", one, "audit");
    await recordAll();
    beside.edx.others.enroll("ada", one, "verified");
    await recordAll(ago(60_000));
    expect(await enrollmentIn(one)).toMatchObject({ mode: "audit" });
  });

  test.each(["REQUESTED", "IN_DOUBT", "NEEDS_REVIEW"])(
    "an enrollment for which a call is %s stays as we have asked for it",
    async (state) => {
      const { one } = await aCourse(beside);
      beside.edx.others.enroll("ada", one, "audit");
      await recordAll();
      const before = await enrollmentIn(one);
      await beside.app.db.query(
        `insert into enrollment_call (id, changeable_modes, may_enroll, state, attempt, next_attempt_at, unsent_to,
           created_at, modified_at)
         select id, '{audit}', false, $2::text, 1, case when $2 <> 'NEEDS_REVIEW' then now() end, 0, now(), now()
         from course_enrollment where user_id = $3 and course_run_key = $1`,
        [one, state, userId],
      );
      beside.edx.others.enroll("ada", one, "verified");
      beside.aheadMs += 1_000;
      await recordAll();
      expect(await enrollmentIn(one)).toEqual(before);
      await beside.app.db.query(
        `update enrollment_call c set state = 'DONE', next_attempt_at = null
         from course_enrollment n where n.id = c.id and n.course_run_key = $1`,
        [one],
      );
      await recordAll();
      expect(await enrollmentIn(one)).toMatchObject({ mode: "verified" });
    },
  );

  test("what differs and concerns an entitlement is left to reconciling, and what agrees is recorded as seen", async () => {
    const { courseUuid, one, two } = await aCourse(beside);
    const entitlementId = await anEntitlement(beside, courseUuid);
    await enrollAndFulfill(requestOf(beside.app, ada), { entitlementId, courseRunKey: one });
    beside.aheadMs += 1_000;
    const seenAt = await recordAll();
    expect(await enrollmentIn(one)).toEqual({ mode: "verified", isActive: true, seenAt });
    beside.edx.others.deactivate("ada", one);
    const redeemable = await aCourse(beside);
    await anEntitlement(beside, redeemable.courseUuid);
    beside.edx.others.enroll("ada", redeemable.one, "verified");
    beside.edx.others.enroll("ada", two, "audit");
    beside.aheadMs += 1_000;
    await recordAll();
    expect(await enrollmentIn(one)).toEqual({ mode: "verified", isActive: true, seenAt });
    expect(await enrollmentIn(redeemable.one)).toBeUndefined();
    expect(await enrollmentIn(two)).toMatchObject({ mode: "audit", isActive: true });
  });

  test("an entitlement whose enrollment has ended could be redeemed by what differs, which is left to reconciling", async () => {
    const { courseUuid, one, two } = await aCourse(beside);
    const entitlementId = await anEntitlement(beside, courseUuid);
    await enrollAndFulfill(requestOf(beside.app, ada), { entitlementId, courseRunKey: one });
    await beside.app.db.query("update course_enrollment set is_active = false where course_run_key = $1", [
      one,
    ]);
    beside.edx.others.deactivate("ada", one);
    beside.edx.others.enroll("ada", two, "verified");
    beside.aheadMs += 1_000;
    await recordAll();
    expect(await enrollmentIn(two)).toBeUndefined();
  });
});

describe("certificates", () => {
  const stored = async (key: string) =>
    (
      await beside.app.db.query<{ status: string | null; seenAt: Date }[]>(
        `select status, seen_at as "seenAt" from certificate where user_id = $1 and course_run_key = $2`,
        [userId, key],
      )
    )[0];

  test("a certificate is stored, and also that there is none", async () => {
    const { one } = await aCourse(beside);
    const seenAt = ago(60_000);
    await recordCertificate(beside.app, { userId, courseRunKey: one, status: null, seenAt });
    expect(await stored(one)).toEqual({ status: null, seenAt });
    await recordCertificate(beside.app, { userId, courseRunKey: one, status: "downloadable", seenAt: NOW() });
    await recordCertificate(beside.app, { userId, courseRunKey: one, status: null, seenAt });
    expect(await stored(one)).toMatchObject({ status: "downloadable" });
  });
});
