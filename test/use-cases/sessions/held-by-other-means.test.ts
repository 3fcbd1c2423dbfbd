import { CourseEnrollment } from "../../../src/entities/course-enrollment";
import { changeEntitlementMode } from "../../../src/use-cases/entitlements/change-entitlement-mode";
import { expireEntitlement } from "../../../src/use-cases/entitlements/expire-entitlement";
import { fulfillOrder } from "../../../src/use-cases/entitlements/fulfill-order";
import { reissueEntitlement } from "../../../src/use-cases/entitlements/reissue-entitlement";
import { revertEntitlement } from "../../../src/use-cases/entitlements/revert-entitlement";
import { revokeEntitlement } from "../../../src/use-cases/entitlements/revoke-entitlement";
import { setRefundLock } from "../../../src/use-cases/entitlements/set-refund-lock";
import { transferEntitlement } from "../../../src/use-cases/entitlements/transfer-entitlement";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { enrollIfEntitled } from "../../../src/use-cases/sessions/enroll-if-entitled";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { switchSession } from "../../../src/use-cases/sessions/switch-session";
import { enrollmentIn, historyOf, stored } from "../../support/stored";
import {
  aCourse,
  ada,
  ago,
  anEnrollment,
  anEntitlement,
  aRun,
  by,
  grace,
  hopper,
  NOW,
  shop,
  useApp,
  put,
} from "../../support/world";

const app = useApp();

/** An enrollment that the learner has bought elsewhere, in any mode and at any price of the run. */
const BOUGHT = ["verified", "professional", "masters", "credit", "unpaid-executive-education"];
const modes = [
  "verified",
  "professional",
  { slug: "masters", minPrice: 0 },
  { slug: "credit", minPrice: 150, expiresAt: ago(1) },
  { slug: "unpaid-executive-education", minPrice: 0 },
];
const settled = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { code?: string }) => error.code ?? error,
  );

/** Makes a change as the LMS would. */
const inLms = async (key: string, changes: Partial<CourseEnrollment>) => {
  const rows = await app.db.manager.findBy(CourseEnrollment, { courseRunKey: key });
  await put(app, CourseEnrollment, ...rows.map((row) => Object.assign(row, changes)));
};

/** The commands that take a learner out of the run. */
const TAKING_OUT: [string, (entitlementId: string) => Promise<unknown>][] = [
  ["leaveSession", (entitlementId) => leaveSession(by(ada, app), { entitlementId })],
  [
    "unenrollAndRefund",
    (entitlementId) => unenrollAndRefund(by(ada, app), { entitlementId, refund: "REQUEST" }),
  ],
  [
    "revokeEntitlement",
    (entitlementId) => revokeEntitlement(by(shop, app), { entitlementId, reason: "returned" }),
  ],
  [
    "revokeEntitlement with a downgrade",
    (entitlementId) =>
      revokeEntitlement(by(shop, app), { entitlementId, reason: "returned", downgrade: true }),
  ],
  [
    "transferEntitlement",
    (entitlementId) =>
      transferEntitlement(by(hopper, app), { entitlementId, username: "bob", comments: "a gift" }),
  ],
  [
    "reissueEntitlement",
    (entitlementId) => reissueEntitlement(by(grace, app), { entitlementId, comments: "again" }),
  ],
  [
    "expireEntitlement",
    (entitlementId) => expireEntitlement(by(grace, app), { entitlementId, comments: "over" }),
  ],
];

describe.each(BOUGHT)("an enrollment in the mode %s that was bought elsewhere", (mode) => {
  test("is never taken over", async () => {
    const courseUuid = aCourse();
    const [run, other] = [await aRun(app, courseUuid, { modes }), await aRun(app, courseUuid)];
    await anEnrollment(app, run, { mode, createdAt: ago(30) });
    const untouched = await enrollmentIn(app, run);
    const order = {
      username: "ada",
      courseUuid,
      mode: "verified",
      orderNumber: `${mode}-1`,
      refundLocked: false,
    };
    const { entitlement, upgradeableRuns } = await fulfillOrder(by(shop, app), order);
    expect({ enrollment: entitlement.enrollment, upgradeableRuns }).toEqual({
      enrollment: null,
      upgradeableRuns: [],
    });
    const entitlementId = entitlement.id;
    const wish = { entitlementId, courseRunKey: run };
    expect(await settled(enrollAndFulfill(by(ada, app), wish))).toBe("ALREADY_ENROLLED_IN_PAID_MODE");
    expect(await settled(enrollIfEntitled(by(ada, app), wish))).toBe("ALREADY_ENROLLED_IN_PAID_MODE");
    await enrollAndFulfill(by(ada, app), { entitlementId, courseRunKey: other });
    expect(await settled(switchSession(by(ada, app), wish))).toBe("ALREADY_ENROLLED_IN_PAID_MODE");
    expect(await enrollmentIn(app, other)).toMatchObject({ isActive: true });
    expect(await enrollmentIn(app, run)).toEqual(untouched);
  });

  test.each(TAKING_OUT)(
    "is never ended by %s, though the entitlement is linked to the run",
    async (_, command) => {
      if (mode === "verified") return; // the entitlement's own mode, which it pays for
      const run = await aRun(app, aCourse(), { modes });
      const id = await anEntitlement(app, { run, createdAt: ago(2) });
      await inLms(run, { mode });
      await command(id);
      expect(await stored(app, id)).toMatchObject({ enrollmentId: null });
      expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true, mode });
    },
  );
});

test("a revert does not take over a run that was left and then bought elsewhere", async () => {
  const run = await aRun(app, aCourse());
  const id = await anEntitlement(app, { run, createdAt: ago(2) });
  await leaveSession(by(ada, app), { entitlementId: id });
  await inLms(run, { isActive: true });
  const [spent] = await historyOf(app, id);
  const revert = { entitlementId: id, historyEntryId: spent!["history_id"], comments: "mistake" };
  expect(await settled(revertEntitlement(by(grace, app), revert))).toBe("CONFLICT");
});

test("after a change of mode the run can be left, and the enrollment in the former mode ends", async () => {
  const run = await aRun(app, aCourse());
  const id = await anEntitlement(app, { run, createdAt: ago(2), orderNumber: "CHANGED-1" });
  const { courseUuid } = await stored(app, id);
  const change = {
    orderNumber: "CHANGED-1",
    courseUuid,
    mode: "professional",
    acceptAnyMode: false,
    comments: "x",
  };
  await changeEntitlementMode(by(hopper, app), change);
  await leaveSession(by(ada, app), { entitlementId: id });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
});

describe("an entitlement whose enrollment was ended elsewhere", () => {
  const aLeftOne = async () => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid);
    const id = await anEntitlement(app, { courseUuid, run, createdAt: ago(40) });
    await inLms(run, { isActive: false });
    return { id, run, courseUuid };
  };

  test("can be redeemed by the enroll button, for the same run or another one", async () => {
    const { id, run } = await aLeftOne();
    expect(await enrollIfEntitled(by(ada, app), { courseRunKey: run })).toMatchObject({ id });
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true });
    const second = await aLeftOne();
    const other = await aRun(app, second.courseUuid);
    expect(await enrollIfEntitled(by(ada, app), { courseRunKey: other })).toMatchObject({ id: second.id });
  });

  test("can be left, which ends the link only", async () => {
    const { id } = await aLeftOne();
    await leaveSession(by(ada, app), { entitlementId: id });
    expect(await stored(app, id)).toMatchObject({ enrollmentId: null, redeemedAt: null, expiredAt: null });
  });

  test.each(TAKING_OUT)("and bought again is never ended by %s", async (_, command) => {
    const run = await aRun(app, aCourse());
    const id = await anEntitlement(app, { run, createdAt: ago(2) });
    await inLms(run, { isActive: false });
    await inLms(run, { isActive: true });
    await command(id);
    expect(await stored(app, id)).toMatchObject({ enrollmentId: null });
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true });
  });

  test("and redeemed for again is ended with the entitlement", async () => {
    const { id, run } = await aLeftOne();
    await enrollAndFulfill(by(ada, app), { entitlementId: id, courseRunKey: run });
    expect(await historyOf(app, id)).toMatchObject([
      {},
      { enrollment_id: null },
      { enrollment_id: (await stored(app, id)).enrollmentId },
    ]);
    await expireEntitlement(by(grace, app), { entitlementId: id, comments: "over" });
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
  });

  test("and bought again keeps its mode when the entitlement is reverted", async () => {
    const run = await aRun(app, aCourse());
    const id = await anEntitlement(app, { run, createdAt: ago(2) });
    const [first] = await historyOf(app, id);
    await setRefundLock(by(grace, app), { entitlementId: id, isLocked: true, comments: "x" });
    await inLms(run, { isActive: false });
    await inLms(run, { isActive: true });
    const untouched = await enrollmentIn(app, run);
    const revert = { entitlementId: id, historyEntryId: first!["history_id"], comments: "mistake" };
    await revertEntitlement(by(grace, app), revert);
    expect(await enrollmentIn(app, run)).toEqual(untouched);
  });

  test("and enrolled in again by a revert is ended with the entitlement", async () => {
    const run = await aRun(app, aCourse());
    const id = await anEntitlement(app, { run, createdAt: ago(2) });
    const [first] = await historyOf(app, id);
    await setRefundLock(by(grace, app), { entitlementId: id, isLocked: true, comments: "x" });
    await inLms(run, { isActive: false });
    const revert = { entitlementId: id, historyEntryId: first!["history_id"], comments: "mistake" };
    await revertEntitlement(by(grace, app), revert);
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true });
    await leaveSession(by(ada, app), { entitlementId: id });
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
  });

  test("loses its link when another entitlement takes the run", async () => {
    const { id, run, courseUuid } = await aLeftOne();
    const newer = await anEntitlement(app, { courseUuid });
    await enrollAndFulfill(by(ada, app), { entitlementId: newer, courseRunKey: run });
    expect(await stored(app, id)).toMatchObject({ enrollmentId: null });
    expect(await stored(app, newer)).toMatchObject({ redeemedAt: NOW });
  });
});

describe("an entitlement whose enrollment became free elsewhere", () => {
  const aFreeOne = async () => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid);
    const id = await anEntitlement(app, { courseUuid, run, createdAt: ago(2) });
    await setRefundLock(by(grace, app), { entitlementId: id, isLocked: true, comments: "x" });
    await setRefundLock(by(grace, app), { entitlementId: id, isLocked: false, comments: "x" });
    await inLms(run, { mode: "audit" });
    return { id, run, courseUuid };
  };
  const revertToLocked = async (id: string) => {
    const locked = (await historyOf(app, id)).find((entry) => entry.refund_locked);
    const revert = { entitlementId: id, historyEntryId: locked!.history_id, comments: "mistake" };
    await revertEntitlement(by(grace, app), revert);
  };

  test.each(TAKING_OUT)("and was then bought is never ended by %s", async (_, command) => {
    const { id, run } = await aFreeOne();
    await inLms(run, { mode: "verified" });
    await command(id);
    expect(await stored(app, id)).toMatchObject({ enrollmentId: null });
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true, mode: "verified" });
  });

  test("and was then bought is not ended by a change of the session", async () => {
    const { id, run, courseUuid } = await aFreeOne();
    await inLms(run, { mode: "verified" });
    const other = await aRun(app, courseUuid);
    await switchSession(by(ada, app), { entitlementId: id, courseRunKey: other });
    expect(await enrollmentIn(app, other)).toMatchObject({ isActive: true });
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true, mode: "verified" });
  });

  test("and was then bought keeps its mode when the entitlement is reverted", async () => {
    const { id, run } = await aFreeOne();
    await inLms(run, { mode: "verified" });
    const untouched = await enrollmentIn(app, run);
    await revertToLocked(id);
    await leaveSession(by(ada, app), { entitlementId: id });
    expect(await enrollmentIn(app, run)).toEqual(untouched);
  });

  test("ends the free enrollment when it is left", async () => {
    const { id, run } = await aFreeOne();
    await leaveSession(by(ada, app), { entitlementId: id });
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false, mode: "audit" });
  });

  test("and is paid for again by a revert ends it when it is left", async () => {
    const { id, run } = await aFreeOne();
    await revertToLocked(id);
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true, mode: "verified" });
    await leaveSession(by(ada, app), { entitlementId: id });
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
  });
});

test("a free enrollment that was upgraded by redeeming is ended with the entitlement", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  await anEnrollment(app, run, { createdAt: ago(30) });
  const id = await anEntitlement(app, { courseUuid });
  await enrollAndFulfill(by(ada, app), { entitlementId: id, courseRunKey: run });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true, mode: "verified" });
  await leaveSession(by(ada, app), { entitlementId: id });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
});

describe("a mode that an entitlement had only before it was redeemed", () => {
  const change = (entitlementId: string, mode: string) =>
    changeEntitlementMode(by(hopper, app), { entitlementId, mode, acceptAnyMode: true, comments: "x" });

  test.each([
    ["for any run", false],
    ["for the same run, which was left since", true],
  ])("%s does not pay for what was bought in it", async (_, wasRedeemed) => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid, { modes: ["verified", "professional"] });
    const id = await anEntitlement(app, { courseUuid, mode: "professional" });
    const redeemed = { entitlementId: id, courseRunKey: run };
    if (wasRedeemed) {
      await enrollAndFulfill(by(ada, app), redeemed);
      await leaveSession(by(ada, app), { entitlementId: id });
    }
    await change(id, "verified");
    await enrollAndFulfill(by(ada, app), redeemed);
    await inLms(run, { mode: "professional" });
    await leaveSession(by(ada, app), { entitlementId: id });
    expect(await stored(app, id)).toMatchObject({ enrollmentId: null });
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true, mode: "professional" });
  });

  test("is not taken for paid by a revert, which leaves alone what was bought in it", async () => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid, { modes: ["verified", "professional"] });
    const id = await anEntitlement(app, { courseUuid, mode: "professional" });
    await change(id, "verified");
    await enrollAndFulfill(by(ada, app), { entitlementId: id, courseRunKey: run });
    const redeemed = (await historyOf(app, id)).at(-1)!;
    await setRefundLock(by(grace, app), { entitlementId: id, isLocked: true, comments: "x" });
    await inLms(run, { mode: "professional" });
    const revert = { entitlementId: id, historyEntryId: redeemed.history_id, comments: "mistake" };
    await revertEntitlement(by(grace, app), revert);
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true, mode: "professional" });
  });
});

describe("the regain period", () => {
  const redeem = (entitlementId: string, courseRunKey: string, at: Date) =>
    enrollAndFulfill(by(ada, app, at), { entitlementId, courseRunKey });

  test("does not restart when the learner leaves a run and returns to it", async () => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid, { startsAt: ago(100) });
    const id = await anEntitlement(app, { courseUuid, createdAt: ago(50) });
    await redeem(id, run, ago(13));
    await leaveSession(by(ada, app, ago(5)), { entitlementId: id });
    await redeem(id, run, ago(4));
    expect(await stored(app, id)).toMatchObject({ redeemedAt: ago(13) });
  });

  test("does not restart when the learner switches between two runs", async () => {
    const courseUuid = aCourse();
    const [one, two] = [
      await aRun(app, courseUuid, { startsAt: ago(100) }),
      await aRun(app, courseUuid, { startsAt: ago(100) }),
    ];
    const id = await anEntitlement(app, { courseUuid, createdAt: ago(50) });
    await redeem(id, one, ago(13));
    await switchSession(by(ada, app, ago(9)), { entitlementId: id, courseRunKey: two });
    await switchSession(by(ada, app, ago(5)), { entitlementId: id, courseRunKey: one });
    expect(await stored(app, id)).toMatchObject({ redeemedAt: ago(13) });
    await switchSession(by(ada, app, ago(4)), { entitlementId: id, courseRunKey: two });
    expect(await stored(app, id)).toMatchObject({ redeemedAt: ago(9) });
  });

  test("begins when this entitlement is redeemed, whichever entitlement was redeemed for the run before", async () => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid);
    const earlier = await anEntitlement(app, { courseUuid, createdAt: ago(50) });
    await redeem(earlier, run, ago(20));
    await leaveSession(by(ada, app, ago(19)), { entitlementId: earlier });
    const id = await anEntitlement(app, { courseUuid, createdAt: ago(10) });
    await redeem(id, run, ago(2));
    expect(await stored(app, id)).toMatchObject({ redeemedAt: ago(2) });
  });
});
