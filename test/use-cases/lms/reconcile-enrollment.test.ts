import { ada, grace } from "../../support/demo-app";
import {
  ENROLLMENT,
  aCourse,
  anEntitlement,
  inLms,
  redeem,
  standing,
  sweepLater,
  useLms,
} from "../../support/lms";
import { endPauses, requestOf, SYSTEM, withShop } from "../../support/refunds";
import type { App } from "../../../src/app";
import { CourseEnrollment } from "../../../src/entities/course-enrollment";
import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { EnrollmentCall } from "../../../src/entities/enrollment-call";
import { transact } from "../../../src/store/transact";
import type { Reconciled } from "../../../src/use-cases/lms/reconciling/reconcile";
import { reconcileEnrollment } from "../../../src/use-cases/lms/reconciling/reconcile-enrollment";
import { sweepRefunds } from "../../../src/use-cases/refunds/sweep-refunds";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { moveSession } from "../../../src/use-cases/sessions/move-session";
import { switchSession } from "../../../src/use-cases/sessions/switch-session";
import { expireEntitlement } from "../../../src/use-cases/entitlements/expire-entitlement";
import { checksumOf } from "../../support/checksum";
import { historyOf } from "../../support/stored";

const beside = useLms({ LMS_ENTITLEMENTS: "plugin" });
const ORIGIN = { source: "JOB", requestId: "reconciling" } as const;
const { POST, GET } = ENROLLMENT;

const reconcile = (courseRunKey: string, app: App = beside.app): Promise<Reconciled> =>
  reconcileEnrollment(app, { userId: ada.userId!, courseRunKey }, ORIGIN);
const refunding = (app: App = beside.app): App => ({
  ...app,
  config: { ...app.config, refundsOnLmsUnenroll: true },
});

async function anUnspentOne() {
  const course = await aCourse(beside);
  return { ...course, entitlementId: await anEntitlement(beside, course.courseUuid) };
}

async function aSpentOne() {
  const made = await anUnspentOne();
  await redeem(beside, made.entitlementId, made.one);
  return made;
}

async function recorded(courseRunKey: string) {
  const [row] = await beside.app.db.query<{ mode: string; isActive: boolean; seenAt: Date | null }[]>(
    `select mode, is_active as "isActive", seen_at as "seenAt" from course_enrollment
     where user_id = $1 and course_run_key = $2`,
    [ada.userId, courseRunKey],
  );
  return row;
}

async function refundsOf(entitlementId: string) {
  const sql = "select state from refund where entitlement_id = $1";
  return beside.app.db.query<{ state: string }[]>(sql, [entitlementId]);
}

describe("when the LMS has taken the learner out of the run", () => {
  test("the entitlement is available again, and nothing is asked of the LMS", async () => {
    const { entitlementId, one } = await aSpentOne();
    beside.edx.others.deactivate("ada", one);
    const asked = beside.edx.world.changes.length;
    expect(await reconcile(one)).toMatchObject({ kind: "CLEAR", entitlementId, refund: null });
    expect(await standing(beside, entitlementId)).toMatchObject({
      state: "AVAILABLE",
      enrollmentId: null,
      redeemedAt: null,
    });
    expect(await recorded(one)).toMatchObject({ mode: "verified", isActive: false });
    await sweepLater(beside);
    expect(beside.edx.world.changes).toHaveLength(asked);
    expect((await historyOf(beside.app, entitlementId)).at(-1)).toMatchObject({
      history_change_reason: "reconcileEnrollment",
      history_user_label: "system",
    });
  });

  test("so it is when the enrollment is gone altogether", async () => {
    const { entitlementId, one } = await aSpentOne();
    beside.edx.world.enrollments.delete(`ada ${one}`);
    expect(await reconcile(one)).toMatchObject({ kind: "CLEAR" });
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
  });

  test("a second time changes nothing", async () => {
    const { entitlementId, one } = await aSpentOne();
    beside.edx.others.deactivate("ada", one);
    await reconcile(one);
    const before = await historyOf(beside.app, entitlementId);
    expect(await reconcile(one)).toMatchObject({ kind: "RECORD", isNews: false });
    expect(await historyOf(beside.app, entitlementId)).toEqual(before);
  });

  test("it stays redeemed when the LMS cannot be read", async () => {
    const { entitlementId, one } = await aSpentOne();
    beside.edx.others.deactivate("ada", one);
    beside.edx.faults.set({ system: "lms", path: GET, kind: "status", status: 400 });
    const before = await recorded(one);
    await expect(reconcile(one)).rejects.toThrow("HTTP_400");
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
    expect(await recorded(one)).toEqual(before);
  });

  test("it stays redeemed when only the username has changed in the LMS", async () => {
    const { entitlementId, one } = await aSpentOne();
    const { world } = beside.edx;
    const account = world.users.get("ada")!;
    beside.edx.others.rename("ada", "ada_lovelace");
    expect(await reconcile(one)).toMatchObject({ kind: "RECORD", isNews: false });
    expect(await standing(beside, entitlementId)).toMatchObject({
      state: "FULFILLED_CHANGEABLE",
      username: "ada_lovelace",
    });
    world.users.delete("ada_lovelace");
    expect(await reconcile(one)).toMatchObject({ kind: "RECORD" });
    world.enrollments.delete(`ada_lovelace ${one}`);
    expect(await reconcile(one)).toEqual({ kind: "UNKNOWN_ACCOUNT" });
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
    world.users.set("ada", account);
    await beside.app.db.query("update user_account set username = 'ada' where id = $1", [ada.userId]);
  });

  test("what could no longer be left does not come back", async () => {
    const { entitlementId, one } = await aSpentOne();
    await setAge(entitlementId, one, 40);
    beside.edx.others.deactivate("ada", one);
    await reconcile(one);
    expect(await standing(beside, entitlementId)).toMatchObject({
      expiryCause: "LAPSED",
      enrollmentId: null,
    });
  });

  test("nor does it by a move to another run for which the LMS is still asked", async () => {
    const { entitlementId, one, two } = await aSpentOne();
    await setAge(entitlementId, one, 40);
    beside.edx.faults.set({ system: "lms", path: POST, kind: "status", status: 503 });
    await moveSession(requestOf(beside.app, grace), {
      entitlementId,
      courseRunKey: two,
      override: ["REGAIN_PERIOD_OVER"],
      comments: "by telephone",
    });
    beside.edx.others.deactivate("ada", one);
    expect(await reconcile(one)).toMatchObject({ kind: "CLEAR", entitlementId });
    beside.edx.faults.set();
    await sweepLater(beside);
    expect(await standing(beside, entitlementId)).toMatchObject({
      state: "FULFILLED",
      enrollment: { courseRunKey: two },
      expiryCause: "LAPSED",
    });
  });

  test("a switch that was asked for in time counts, although the LMS does it after the period", async () => {
    const { entitlementId, one, two } = await aSpentOne();
    await setAge(entitlementId, one, 14);
    beside.edx.faults.set({ system: "lms", path: POST, kind: "status", status: 503 });
    await switchSession(requestOf(beside.app, ada), { entitlementId, courseRunKey: two });
    await setAge(entitlementId, one, 15);
    beside.edx.others.deactivate("ada", one);
    await transact(beside.app.db, SYSTEM, async (tx) => {
      const calls = await tx.find(EnrollmentCall, { order: { createdAt: "DESC" }, take: 1 });
      await tx.save(Object.assign(calls[0]!, { createdAt: daysAgo(0.5) }));
    });
    expect(await reconcile(one)).toMatchObject({ kind: "CLEAR", entitlementId });
    beside.edx.faults.set();
    await sweepLater(beside);
    expect(await standing(beside, entitlementId)).toMatchObject({
      state: "FULFILLED_CHANGEABLE",
      enrollment: { courseRunKey: two },
    });
  });

  test("of two entitlements for one enrollment, as imports can bring them, neither comes back too late", async () => {
    const { entitlementId, courseUuid, one } = await aSpentOne();
    const both = [entitlementId, await anEntitlement(beside, courseUuid)];
    const { enrollmentId } = await standing(beside, entitlementId);
    await transact(beside.app.db, SYSTEM, (tx) => tx.save(CourseEntitlement, { id: both[1]!, enrollmentId }));
    for (const id of both) await setAge(id, one, 40);
    beside.edx.others.deactivate("ada", one);
    expect(await reconcile(one)).toMatchObject({ kind: "CLEAR", entitlementId: both.toSorted()[0] });
    expect(await reconcile(one)).toMatchObject({ kind: "RECORD" });
    for (const id of both)
      expect(await standing(beside, id)).toMatchObject({ state: "EXPIRED", expiryCause: "LAPSED" });
  });

  test("an agent's expiry keeps its date and cause", async () => {
    const { entitlementId, one } = await aSpentOne();
    await expireEntitlement(requestOf(beside.app, grace), { entitlementId, comments: "by telephone" });
    await sweepLater(beside);
    const before = await standing(beside, entitlementId);
    expect(await reconcile(one)).toMatchObject({ kind: "RECORD" });
    expect(await standing(beside, entitlementId)).toEqual(before);
  });
});

describe("when leaving a run in the LMS is to refund the order", () => {
  test("the refund is requested, and the shop is asked by the sweep", async () => {
    const { entitlementId, one } = await aSpentOne();
    beside.edx.others.deactivate("ada", one);
    const shop = withShop(beside.app, () => ({ kind: "accepted", refs: ["ref"] }));
    expect(await reconcile(one, refunding(shop.app))).toMatchObject({
      kind: "CLEAR",
      refund: { state: "REQUESTED", attempt: 0 },
      refundBlocker: null,
    });
    expect(shop.asked).toHaveLength(0);
    await sweepRefunds(shop.app);
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "REFUNDED" });
    await reconcile(one, refunding(shop.app));
    await sweepRefunds(shop.app);
    expect([shop.asked.length, await refundsOf(entitlementId)]).toEqual([1, [{ state: "SUCCEEDED" }]]);
  });

  test.each(["the run that was left", "the run that was taken"])(
    "an entitlement that the LMS has used for another run is not refunded, when %s is told first",
    async (first) => {
      const { entitlementId, one, two } = await aSpentOne();
      beside.edx.others.deactivate("ada", one);
      beside.edx.others.enroll("ada", two, "verified");
      const shop = withShop(beside.app, () => ({ kind: "accepted", refs: ["ref"] }));
      const told = first === "the run that was left" ? [one, two] : [two, one];
      for (const run of told) await reconcile(run, refunding(shop.app));
      await sweepRefunds(shop.app);
      expect(shop.asked).toHaveLength(0);
      expect(await standing(beside, entitlementId)).toMatchObject({
        state: "FULFILLED_CHANGEABLE",
        enrollment: { courseRunKey: two },
      });
    },
  );

  test("the other run may be one that is not known yet: the catalog is asked for its course", async () => {
    const { entitlementId, one, two } = await aSpentOne();
    await beside.app.db.query("delete from course_mode where course_run_key = $1", [two]);
    await beside.app.db.query("delete from course_run where key = $1", [two]);
    beside.edx.others.deactivate("ada", one);
    beside.edx.others.enroll("ada", two, "verified");
    expect(await reconcile(one, refunding())).toMatchObject({ kind: "CLEAR", refund: null });
    expect(await refundsOf(entitlementId)).toEqual([]);
  });

  test("a run for which another entitlement is redeemed is no reason against a refund", async () => {
    const { courseUuid, one, two } = await aSpentOne();
    await redeem(beside, await anEntitlement(beside, courseUuid), two);
    beside.edx.others.deactivate("ada", one);
    expect(await reconcile(one, refunding())).toMatchObject({ refund: { state: "REQUESTED" } });
  });

  test("an enrollment that had ended before is no reason for a refund or an expiry", async () => {
    const { entitlementId, one } = await aSpentOne();
    await beside.app.db.query("update course_enrollment set is_active = false where course_run_key = $1", [
      one,
    ]);
    beside.edx.others.deactivate("ada", one);
    expect(await reconcile(one, refunding())).toMatchObject({ kind: "CLEAR", refund: null });
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE", enrollmentId: null });
  });

  test("where the LMS redeems nothing itself, a run that was bought beside is no reason against a refund", async () => {
    const { one, two } = await aSpentOne();
    beside.edx.others.deactivate("ada", one);
    beside.edx.others.enroll("ada", two, "verified");
    const app = refunding();
    const lms = { ...app.config.lms!, entitlements: "empty" as const };
    expect(await reconcile(one, { ...app, config: { ...app.config, lms } })).toMatchObject({
      kind: "CLEAR",
      refund: { state: "REQUESTED" },
    });
  });

  test("what was not refundable while it was redeemed is not refunded", async () => {
    const { entitlementId, one } = await aSpentOne();
    beside.edx.others.certify("ada", one, "downloadable");
    beside.edx.others.deactivate("ada", one);
    expect(await reconcile(one, refunding())).toMatchObject({
      kind: "CLEAR",
      refund: null,
      refundBlocker: "CERTIFICATE_EARNED",
    });
    expect(await refundsOf(entitlementId)).toEqual([]);
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "EXPIRED", expiryCause: "LAPSED" });
  });

  test("nothing is decided while the LMS does not tell whether there is a certificate", async () => {
    const { entitlementId, one } = await aSpentOne();
    beside.edx.others.deactivate("ada", one);
    beside.edx.faults.set({ system: "lms", path: "^GET .*/certificates/", kind: "status", status: 400 });
    await expect(reconcile(one, refunding())).rejects.toThrow("HTTP_400");
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
  });

  test("a pending refund decides first, and what it has left over is then cleared", async () => {
    const { entitlementId, one } = await aSpentOne();
    const shop = withShop(beside.app, (asked) =>
      asked === 1 ? { kind: "unknown", cause: "SILENCE" } : { kind: "refused", code: "HTTP_400" },
    );
    const hasty = {
      ...shop.app,
      config: { ...shop.app.config, refund: { ...shop.app.config.refund, deadlineMs: 50 } },
    };
    await unenrollAndRefund(requestOf(hasty, ada), { entitlementId, refund: "REQUEST" });
    beside.edx.others.deactivate("ada", one);
    expect(await reconcile(one, refunding(hasty))).toMatchObject({ kind: "WAIT", isNews: false });
    expect(await recorded(one)).toMatchObject({ isActive: true });
    await endPauses(beside.app);
    await sweepRefunds(hasty);
    expect(await refundsOf(entitlementId)).toEqual([{ state: "FAILED" }]);
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
    expect(await reconcile(one)).toMatchObject({ kind: "CLEAR", entitlementId });
    expect(await refundsOf(entitlementId)).toEqual([{ state: "FAILED" }]);
  });

  test("the learner's own refund at the same moment makes no second one", async () => {
    for (let round = 0; round < 5; round++) {
      const { entitlementId, one } = await aSpentOne();
      const shop = withShop(beside.app, () => ({ kind: "accepted", refs: [] }));
      const app = refunding(shop.app);
      beside.edx.others.deactivate("ada", one);
      await Promise.allSettled([
        unenrollAndRefund(requestOf(app, ada), { entitlementId, refund: "REQUEST" }),
        reconcile(one, app),
        reconcile(one, app),
      ]);
      await endPauses(app);
      await sweepRefunds(app);
      await sweepLater(beside);
      expect(await refundsOf(entitlementId)).toEqual([{ state: "SUCCEEDED" }]);
      expect(shop.asked).toHaveLength(1);
      expect(await standing(beside, entitlementId)).toMatchObject({ state: "REFUNDED", enrollmentId: null });
    }
  });
});

describe("when the LMS itself enrolls the learner", () => {
  test("the newest entitlement of the course and mode is redeemed for the run", async () => {
    const { entitlementId, courseUuid, one } = await anUnspentOne();
    const newer = await anEntitlement(beside, courseUuid);
    beside.edx.others.enroll("ada", one, "verified");
    expect(await reconcile(one)).toMatchObject({ kind: "LINK", entitlementId: newer });
    expect(await standing(beside, newer)).toMatchObject({
      state: "FULFILLED_CHANGEABLE",
      enrollment: { courseRunKey: one },
    });
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
    expect(await reconcile(one)).toMatchObject({ kind: "RECORD", isNews: false });
  });

  test("nothing is redeemed where the LMS holds no entitlements: the seat was bought there", async () => {
    const { entitlementId, one } = await anUnspentOne();
    beside.edx.others.enroll("ada", one, "verified");
    const { app } = beside;
    const lms = { ...app.config.lms!, entitlements: "empty" as const };
    beside.app = { ...app, config: { ...app.config, lms } };
    expect(await reconcile(one)).toMatchObject({ kind: "RECORD", isNews: true });
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
    beside.app = app;
  });

  test("a seat that the learner had before is not paid for by a new entitlement", async () => {
    const { courseUuid, one } = await aCourse(beside);
    beside.edx.others.enroll("ada", one, "verified");
    await reconcile(one);
    const entitlementId = await anEntitlement(beside, courseUuid);
    expect(await reconcile(one)).toMatchObject({ kind: "RECORD" });
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
  });

  test("leaving one run and taking another is done by one entitlement, whichever is told first", async () => {
    const { entitlementId, one, two } = await aSpentOne();
    beside.edx.others.deactivate("ada", one);
    beside.edx.others.enroll("ada", two, "verified");
    expect(await reconcile(two)).toMatchObject({ kind: "LINK", entitlementId });
    expect(await reconcile(one)).toMatchObject({ kind: "RECORD", isNews: false });
    expect(await standing(beside, entitlementId)).toMatchObject({ enrollment: { courseRunKey: two } });
  });

  test("a seat beside the one that is redeemed is held by other means", async () => {
    const { entitlementId, one, two } = await aSpentOne();
    beside.edx.others.enroll("ada", two, "verified");
    expect(await reconcile(two)).toMatchObject({ kind: "RECORD", isNews: true });
    expect(await standing(beside, entitlementId)).toMatchObject({ enrollment: { courseRunKey: one } });
  });

  test("going to and fro ends with one seat for one entitlement", async () => {
    const { entitlementId, one } = await aSpentOne();
    for (let turn = 0; turn < 3; turn++) {
      beside.edx.others.deactivate("ada", one);
      expect(await reconcile(one)).toMatchObject({ kind: "CLEAR", entitlementId });
      beside.edx.others.enroll("ada", one, "verified");
      expect(await reconcile(one)).toMatchObject({ kind: "LINK", entitlementId });
    }
    expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  });
});

test("another mode keeps the link and is told again only when it is news", async () => {
  const { entitlementId, one } = await aSpentOne();
  beside.edx.others.enroll("ada", one, "professional");
  expect(await reconcile(one)).toMatchObject({ kind: "MODE_DIFFERS", entitlementId, isNews: true });
  expect(await reconcile(one)).toMatchObject({ kind: "MODE_DIFFERS", entitlementId, isNews: false });
  expect(await standing(beside, entitlementId)).toMatchObject({
    state: "FULFILLED_CHANGEABLE",
    enrollment: { courseRunKey: one, mode: "professional" },
  });
});

describe("while our own call is open", () => {
  test("nothing is done about what a second writer has done meanwhile", async () => {
    const { entitlementId, one } = await aSpentOne();
    beside.edx.faults.set({ system: "lms", path: POST, kind: "status", status: 503 });
    await leaveSession(requestOf(beside.app, ada), { entitlementId });
    beside.edx.faults.set();
    beside.edx.others.enroll("ada", one, "professional");
    const before = await recorded(one);
    expect(await reconcile(one)).toMatchObject({ kind: "WAIT" });
    expect(await recorded(one)).toEqual(before);
    await sweepLater(beside);
    expect(await reconcile(one)).toMatchObject({ kind: "RECORD", isNews: true });
    expect(await recorded(one)).toMatchObject({ mode: "professional", isActive: true });
  });

  test("an answer from before the call does not count", async () => {
    const { entitlementId, one } = await anUnspentOne();
    beside.edx.faults.set({ system: "lms", path: GET, nth: 1, kind: "slow", ms: 3_000 });
    const reconciled = reconcile(one);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await redeem(beside, entitlementId, one);
    expect(await reconciled).toMatchObject({ kind: "RECORD", isNews: false });
    expect(await standing(beside, entitlementId)).toMatchObject({
      state: "FULFILLED_CHANGEABLE",
      enrollment: { courseRunKey: one },
    });
  });
});

test("many at once do what one does", async () => {
  const { entitlementId, one, two } = await aSpentOne();
  beside.edx.others.deactivate("ada", one);
  beside.edx.others.enroll("ada", two, "verified");
  const kinds = await Promise.all([one, two, one, two].map((run) => reconcile(run)));
  expect(kinds.map(({ kind }) => kind)).not.toContain("UNKNOWN_ACCOUNT");
  expect(await standing(beside, entitlementId)).toMatchObject({ enrollment: { courseRunKey: two } });
  const entries = await historyOf(beside.app, entitlementId);
  expect(entries.filter(({ history_change_reason: why }) => why === "reconcileEnrollment")).toHaveLength(2);
});

test("a dry run tells what would follow, and changes nothing", async () => {
  const { entitlementId, one } = await aSpentOne();
  beside.edx.others.deactivate("ada", one);
  beside.edx.others.certify("ada", one, "downloadable");
  const before = await checksumOf(beside.app.db);
  const key = { userId: ada.userId!, courseRunKey: one };
  expect(await reconcileEnrollment(beside.app, key, { ...ORIGIN, isDryRun: true })).toMatchObject({
    kind: "CLEAR",
    entitlementId,
  });
  expect(await checksumOf(beside.app.db)).toEqual(before);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
});

test("a dry run stores no run that it would have to look up", async () => {
  const { one } = await aSpentOne();
  const elsewhere = await aCourse(beside);
  await beside.app.db.query("delete from course_mode where course_run_key = $1", [elsewhere.one]);
  await beside.app.db.query("delete from course_run where key = $1", [elsewhere.one]);
  beside.edx.others.enroll("ada", elsewhere.one, "verified");
  beside.edx.others.deactivate("ada", one);
  const before = await checksumOf(beside.app.db);
  const key = { userId: ada.userId!, courseRunKey: one };
  const dryRun = { ...ORIGIN, isDryRun: true };
  expect(await reconcileEnrollment(refunding(), key, dryRun)).toMatchObject({ kind: "CLEAR", refund: null });
  expect(await checksumOf(beside.app.db)).toEqual(before);
  expect(await reconcile(one, refunding())).toMatchObject({ kind: "CLEAR", refund: { state: "REQUESTED" } });
});

function daysAgo(days: number): Date {
  return new Date(beside.app.clock().getTime() - days * 86_400_000);
}

/** Makes an entitlement and its redemption so many days older, also in the LMS. */
async function setAge(id: string, courseRunKey: string, days: number): Promise<void> {
  const at = daysAgo(days);
  beside.edx.world.enrollments.get(`ada ${courseRunKey}`)!.createdAt = at;
  await transact(beside.app.db, SYSTEM, async (tx) => {
    await tx.save(CourseEntitlement, { id, createdAt: at, redeemedAt: at });
    const rows = await tx.findBy(CourseEnrollment, { courseRunKey });
    await tx.save(rows.map((row) => Object.assign(row, { createdAt: at })));
  });
}
