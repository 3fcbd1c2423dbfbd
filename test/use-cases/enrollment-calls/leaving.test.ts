import { CourseEnrollment } from "../../../src/entities/course-enrollment";
import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import type { RefundOutcome } from "../../../src/gateways/refund/refund-gateway";
import { refundViolations } from "../../../src/proof/refund-invariants";
import { transact } from "../../../src/store/transact";
import { expireEntitlement } from "../../../src/use-cases/entitlements/expire-entitlement";
import { reissueEntitlement } from "../../../src/use-cases/entitlements/reissue-entitlement";
import { revertEntitlement } from "../../../src/use-cases/entitlements/revert-entitlement";
import { revokeEntitlement } from "../../../src/use-cases/entitlements/revoke-entitlement";
import { changeEntitlementMode } from "../../../src/use-cases/entitlements/change-entitlement-mode";
import { setRefundLock } from "../../../src/use-cases/entitlements/set-refund-lock";
import { reconcileEnrollment } from "../../../src/use-cases/lms/reconciling/reconcile-enrollment";
import { sweepRefunds } from "../../../src/use-cases/refunds/sweep-refunds";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { transferEntitlement } from "../../../src/use-cases/entitlements/transfer-entitlement";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { actor, ada, grace } from "../../support/demo-app";
import {
  ENROLLMENT,
  aCourse,
  anEntitlement,
  inLms,
  redeem,
  requestsAbout,
  shop,
  standing,
  sweepLater,
  useLms,
} from "../../support/lms";
import { endPauses, requestOf, SYSTEM, withShop } from "../../support/refunds";
import { historyOf } from "../../support/stored";

const beside = useLms();
const { POST, GET } = ENROLLMENT;

const sweep = () => sweepLater(beside);

async function aSpentOne() {
  const course = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, course.courseUuid);
  await redeem(beside, entitlementId, course.one);
  return { ...course, entitlementId };
}

test("leaving ends the enrollment in the LMS, with its mode", async () => {
  const { entitlementId, one } = await aSpentOne();
  await leaveSession(requestOf(beside.app, ada), { entitlementId });
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: false });
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE", enrollment: null });
});

test("a refund takes the learner out of the run in the LMS too", async () => {
  const { entitlementId, one } = await aSpentOne();
  await unenrollAndRefund(requestOf(beside.app, ada), { entitlementId, refund: "REQUEST" });
  await sweep();
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: false });
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "REFUNDED" });
});

test("leaving is decided at once, and done in the LMS once it is back", async () => {
  const { entitlementId, one } = await aSpentOne();
  beside.edx.faults.set({ system: "lms", path: "/enrollment", kind: "status", status: 503 });
  await leaveSession(requestOf(beside.app, ada), { entitlementId });
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
  expect(inLms(beside, one)).toMatchObject({ isActive: true });
  beside.edx.faults.set();
  await sweep();
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: false });
});

test("an enrollment whose mode was bought elsewhere since is not ended", async () => {
  const { entitlementId, one } = await aSpentOne();
  beside.edx.others.enroll("ada", one, "professional");
  await leaveSession(requestOf(beside.app, ada), { entitlementId });
  await sweep();
  expect(inLms(beside, one)).toEqual({ mode: "professional", isActive: true });
});

describe("an enrollment that became free in the LMS", () => {
  const reconcile = (courseRunKey: string) => {
    const origin = { source: "JOB", requestId: "test" } as const;
    return reconcileEnrollment(beside.app, { userId: ada.userId!, courseRunKey }, origin);
  };
  /** An entitlement that is redeemed for such an enrollment, which is recorded. */
  async function aFreeOne() {
    const spent = await aSpentOne();
    const lock = { entitlementId: spent.entitlementId, isLocked: true, comments: "x" };
    await setRefundLock(requestOf(beside.app, grace), lock);
    beside.edx.others.enroll("ada", spent.one, "audit");
    expect(await reconcile(spent.one)).toMatchObject({ kind: "MODE_DIFFERS" });
    return spent;
  }
  const revertToRedeemed = async (entitlementId: string) => {
    const redeemed = (await historyOf(beside.app, entitlementId)).find((entry) => entry.enrollment_id);
    const back = { entitlementId, historyEntryId: redeemed!.history_id, comments: "a mistake" };
    await revertEntitlement(requestOf(beside.app, grace), back);
  };

  test.each([
    ["as is recorded", true],
    ["as is not recorded yet", false],
  ])("and was then bought, %s, is neither ended nor made free", async (_, isRecorded) => {
    for (const leave of [
      (entitlementId: string) => leaveSession(requestOf(beside.app, ada), { entitlementId }),
      (entitlementId: string) =>
        revokeEntitlement(requestOf(beside.app, shop), { entitlementId, reason: "x", downgrade: true }),
    ]) {
      const { entitlementId, one } = await aFreeOne();
      beside.edx.others.enroll("ada", one, "verified");
      if (isRecorded) expect(await reconcile(one)).toMatchObject({ kind: "RECORD" });
      await leave(entitlementId);
      await sweep();
      expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
      expect(await standing(beside, entitlementId)).toMatchObject({ enrollmentId: null });
    }
  });

  test("before it was imported, and was then bought, is not ended", async () => {
    const { courseUuid, one } = await aCourse(beside);
    const entitlementId = await anEntitlement(beside, courseUuid);
    beside.edx.others.enroll("ada", one, "verified");
    await transact(beside.app.db, SYSTEM, async (tx) => {
      const free = { userId: ada.userId!, courseRunKey: one, mode: "audit", createdAt: null };
      const { id } = await tx.save(tx.create(CourseEnrollment, free));
      await tx.save(CourseEntitlement, { id: entitlementId, enrollmentId: id });
    });
    await leaveSession(requestOf(beside.app, ada), { entitlementId });
    await sweep();
    expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  });

  test("and is so still ends when it is left", async () => {
    const { entitlementId, one } = await aFreeOne();
    await leaveSession(requestOf(beside.app, ada), { entitlementId });
    await sweep();
    expect(inLms(beside, one)).toEqual({ mode: "audit", isActive: false });
  });

  test("is paid for again by a revert, and then ends when it is left", async () => {
    const { entitlementId, one } = await aFreeOne();
    await revertToRedeemed(entitlementId);
    expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
    await leaveSession(requestOf(beside.app, ada), { entitlementId });
    await sweep();
    expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: false });
  });

  test("and was then bought is not taken over by who comes back before the LMS has answered", async () => {
    const { entitlementId, one } = await aFreeOne();
    beside.edx.others.enroll("ada", one, "verified");
    beside.edx.faults.set({ system: "lms", path: "/enrollment", kind: "status", status: 503 });
    await leaveSession(requestOf(beside.app, ada), { entitlementId });
    await redeem(beside, entitlementId, one);
    beside.edx.faults.set();
    await sweep();
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE", enrollmentId: null });
    expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  });

  test("and was then bought is not taken over by a revert", async () => {
    const { entitlementId, one } = await aFreeOne();
    beside.edx.others.enroll("ada", one, "verified");
    await revertToRedeemed(entitlementId);
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE", enrollmentId: null });
    await leaveSession(requestOf(beside.app, ada), { entitlementId });
    await sweep();
    expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  });
});

test("a revert changes what the LMS was still to end, which is the entitlement's own", async () => {
  const { entitlementId, one } = await aSpentOne();
  const { modes } = beside.edx.world.runs.get(one)!;
  modes.push({ ...modes.at(-1)!, slug: "professional" });
  const mode = { mode: "professional", acceptAnyMode: true, comments: "x" };
  const staff = actor("hopper", { isStaff: true });
  await changeEntitlementMode(requestOf(beside.app, staff), { entitlementId, ...mode });
  const historyEntryId = (await historyOf(beside.app, entitlementId)).at(-1)!.history_id;
  beside.edx.faults.set({ system: "lms", path: "/enrollment", kind: "status", status: 503 });
  await leaveSession(requestOf(beside.app, ada), { entitlementId });
  const back = { entitlementId, historyEntryId, comments: "a mistake" };
  await revertEntitlement(requestOf(beside.app, grace), back);
  beside.edx.faults.set();
  await sweep();
  expect(inLms(beside, one)).toEqual({ mode: "professional", isActive: true });
  expect(await standing(beside, entitlementId)).toMatchObject({ enrollment: { courseRunKey: one } });
});

test("who comes back before the LMS has ended the enrollment keeps it", async () => {
  const { entitlementId, one } = await aSpentOne();
  beside.edx.faults.set({ system: "lms", path: "/enrollment", kind: "reset" });
  await leaveSession(requestOf(beside.app, ada), { entitlementId });
  beside.edx.faults.set();
  await redeem(beside, entitlementId, one);
  await sweep();
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });
});

test("revoking with a downgrade makes the learner an auditor, and enrolls nobody who has left", async () => {
  const [here, gone] = [await aSpentOne(), await aSpentOne()];
  beside.edx.others.deactivate("ada", gone.one);
  for (const { entitlementId } of [here, gone])
    await revokeEntitlement(requestOf(beside.app, shop), {
      entitlementId,
      reason: "bought by mistake",
      downgrade: true,
    });
  await sweep();
  expect(inLms(beside, here.one)).toEqual({ mode: "audit", isActive: true });
  expect(inLms(beside, gone.one)).toMatchObject({ isActive: false });
});

describe("while an enrollment is pending", () => {
  /** The LMS works on the request longer than its caller waits. */
  async function aLateOne() {
    const course = await aCourse(beside);
    const entitlementId = await anEntitlement(beside, course.courseUuid);
    beside.edx.faults.set({ system: "lms", path: POST, kind: "lateEffect", ms: 2_000 });
    await redeem(beside, entitlementId, course.one);
    beside.edx.faults.set();
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "PENDING_ENROLLMENT" });
    return { ...course, entitlementId };
  }
  const late = () => new Promise((resolve) => setTimeout(resolve, 2_200));

  const ENDS: [string, string, (entitlementId: string) => Promise<unknown>][] = [
    [
      "a shop's revocation",
      "REVOKED",
      (entitlementId) =>
        revokeEntitlement(requestOf(beside.app, shop), { entitlementId, reason: "refunded in the shop" }),
    ],
    [
      "an agent's expiry",
      "EXPIRED",
      (entitlementId) =>
        expireEntitlement(requestOf(beside.app, grace), { entitlementId, comments: "told by telephone" }),
    ],
    [
      "an agent's reissue",
      "AVAILABLE",
      (entitlementId) =>
        reissueEntitlement(requestOf(beside.app, grace), { entitlementId, comments: "told by telephone" }),
    ],
  ];

  test.each(ENDS)("%s leaves alone what was bought before the LMS was asked for anything", async (...row) => {
    const [, state, give] = row;
    const { courseUuid, one } = await aCourse(beside);
    const entitlementId = await anEntitlement(beside, courseUuid);
    beside.edx.faults.set({ system: "lms", path: "/enrollment", kind: "status", status: 503 });
    await redeem(beside, entitlementId, one);
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "PENDING_ENROLLMENT" });
    beside.edx.others.enroll("ada", one, "verified");
    await give(entitlementId);
    beside.edx.faults.set();
    await sweep();
    expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
    expect(await standing(beside, entitlementId)).toMatchObject({ state, pendingEnrollmentId: null });
  });

  test.each(ENDS)(
    "%s ends the waiting, and the enrollment that the LMS makes later",
    async (_who, state, give) => {
      const { entitlementId, one } = await aLateOne();
      await give(entitlementId);
      expect(await standing(beside, entitlementId)).toMatchObject({ state, pendingEnrollmentId: null });
      await late();
      expect(inLms(beside, one)).toMatchObject({ isActive: true });
      await sweep();
      expect(inLms(beside, one)).toMatchObject({ isActive: false });
      expect(await standing(beside, entitlementId)).toMatchObject({ state, enrollment: null });
    },
  );

  test("what the LMS says is not final while the earlier request can still take effect", async () => {
    const { entitlementId, one } = await aLateOne();
    await reissueEntitlement(requestOf(beside.app, grace), { entitlementId, comments: "told by telephone" });
    const [call] = await beside.app.db.query<{ state: string }[]>(
      `select state from enrollment_call c join course_enrollment n using (id) where course_run_key = $1`,
      [one],
    );
    expect(call).toEqual({ state: "IN_DOUBT" });
  });
});

test("a revert enrolls the learner in the LMS again", async () => {
  const { entitlementId, one } = await aSpentOne();
  const [redeemed] = await beside.app.db.query<{ id: string }[]>(
    "select history_id as id from historical_course_entitlement where id = $1 and enrollment_id is not null",
    [entitlementId],
  );
  await leaveSession(requestOf(beside.app, ada), { entitlementId });
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
  const back = { entitlementId, historyEntryId: redeemed!.id, comments: "a mistake" };
  await revertEntitlement(requestOf(beside.app, grace), back);
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
});

test("an entitlement is not redeemed when the LMS refuses the enrollment after a revert", async () => {
  const { entitlementId, one, revert } = await aLeftOne();
  beside.edx.faults.set({ system: "lms", path: POST, kind: "status", status: 406 });
  await revert();
  await sweep();
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
  // Whoever enrolls the learner there by hand does it by another means.
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE", enrollmentId: null });
});

describe("a revert to a final redemption, which the LMS refuses", () => {
  /** An entitlement that was reissued after its redemption had become final, and how to revert to that. */
  async function aReissuedOne() {
    const { entitlementId, ...course } = await aSpentOne();
    await lapse(entitlementId);
    const historyEntryId = (await historyOf(beside.app, entitlementId)).at(-1)!.history_id;
    await reissueEntitlement(requestOf(beside.app, grace), { entitlementId, comments: "by mistake" });
    await sweep();
    const back = { entitlementId, historyEntryId, comments: "back" };
    return { ...course, entitlementId, revert: () => revertEntitlement(requestOf(beside.app, grace), back) };
  }
  const lapse = (id: string) =>
    transact(beside.app.db, SYSTEM, (tx) =>
      tx.save(CourseEntitlement, { id, expiredAt: beside.app.clock(), expiryCause: "LAPSED" }),
    );

  test("leaves an entitlement available that was, and refunds locked that were", async () => {
    const { entitlementId, revert } = await aReissuedOne();
    const before = await standing(beside, entitlementId);
    beside.edx.faults.set({ system: "lms", path: POST, kind: "status", status: 406 });
    await revert();
    expect(before).toMatchObject({ state: "AVAILABLE", refundLocked: true });
    expect(await standing(beside, entitlementId)).toMatchObject({
      state: "AVAILABLE",
      refundLocked: true,
      expiredAt: null,
      expiryCause: null,
      enrollmentId: null,
    });
  });

  test.each([
    ["leaves one available whose other run could be left", false, "AVAILABLE"],
    ["gives nothing for one whose other run was final too", true, "EXPIRED"],
  ])("%s", async (_, isFinal, state) => {
    const { entitlementId, one, two, revert } = await aReissuedOne();
    await redeem(beside, entitlementId, two);
    if (isFinal) await lapse(entitlementId);
    beside.edx.world.runs.get(one)!.preventedBy = "viewFilter";
    await revert();
    await sweep();
    expect(await standing(beside, entitlementId)).toMatchObject({ state, enrollmentId: null });
  });
});

describe("a refund that is in doubt while a revert waits for the LMS", () => {
  test.each<[string, RefundOutcome, string]>([
    ["and then accepted", { kind: "accepted", refs: ["ref"] }, "REFUNDED"],
    ["and then refused", { kind: "refused", code: "HTTP_400" }, "AVAILABLE"],
  ])("%s, is settled before the refusal of the LMS counts", async (_, later, state) => {
    const { entitlementId, one, revert } = await aLeftOne();
    beside.edx.faults.set({ system: "lms", path: POST, kind: "status", status: 503 });
    await revert();
    const { app } = withShop(beside.app, (asked) =>
      asked === 1 ? { kind: "unknown", cause: "SILENCE" } : later,
    );
    const hasty = { ...app, config: { ...app.config, refund: { ...app.config.refund, deadlineMs: 50 } } };
    await unenrollAndRefund(requestOf(hasty, ada), { entitlementId, refund: "REQUEST" });
    beside.edx.faults.set({ system: "lms", path: POST, kind: "status", status: 406 });
    await sweep();
    expect(await standing(beside, entitlementId)).toMatchObject({ enrollment: { courseRunKey: one } });
    await endPauses(app);
    await sweepRefunds(hasty);
    await sweep();
    expect(await standing(beside, entitlementId)).toMatchObject({ state, enrollmentId: null });
    expect(inLms(beside, one)).toMatchObject({ isActive: false });
    const found = await refundViolations(app.db, { paid: null, settlesWithinMs: 3_600_000 });
    const ours = found.filter((each) => each.entitlementId === entitlementId);
    expect(ours.filter(({ invariant }) => !invariant.startsWith("I7"))).toEqual([]); // `endPauses` signs nothing
  });
});

/** An entitlement whose learner has left the run, and how to revert to the state before. */
async function aLeftOne(
  leave = (entitlementId: string): Promise<unknown> =>
    leaveSession(requestOf(beside.app, ada), { entitlementId }),
) {
  const spent = await aSpentOne();
  const { entitlementId } = spent;
  const [redeemed] = await beside.app.db.query<{ id: string }[]>(
    "select history_id as id from historical_course_entitlement where id = $1 and enrollment_id is not null",
    [entitlementId],
  );
  await leave(entitlementId);
  await sweep();
  const back = { entitlementId, historyEntryId: redeemed!.id, comments: "a mistake" };
  return { ...spent, revert: () => revertEntitlement(requestOf(beside.app, grace), back) };
}

describe("a revert to a run that was bought in the LMS since", () => {
  test("is refused also when the entitlement was transferred meanwhile", async () => {
    const hopper = actor("hopper", { isStaff: true });
    const { entitlementId, one, revert } = await aLeftOne((id) =>
      transferEntitlement(requestOf(beside.app, hopper), {
        entitlementId: id,
        username: "bob",
        comments: "a gift",
      }),
    );
    beside.edx.others.enroll("ada", one, "verified");
    await expect(revert()).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE", username: "bob" });
  });

  test("and then a downgrade leave it alone where the LMS was asked for nothing", async () => {
    const { entitlementId, one, revert } = await aLeftOne();
    beside.edx.faults.set({ system: "lms", path: "/enrollment", kind: "status", status: 503 });
    await revert();
    beside.edx.others.enroll("ada", one, "verified");
    const downgrade = { entitlementId, reason: "refunded in the shop", downgrade: true };
    await revokeEntitlement(requestOf(beside.app, shop), downgrade);
    beside.edx.faults.set();
    await sweep();
    expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  });

  test.each(["verified", "professional"])("is refused, in the mode %s", async (mode) => {
    const { entitlementId, one, revert } = await aLeftOne();
    beside.edx.others.enroll("ada", one, mode);
    await expect(revert()).rejects.toMatchObject({ code: "CONFLICT" });
    expect(inLms(beside, one)).toEqual({ mode, isActive: true });
    expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
  });

  test.each(["verified", "professional"])(
    "leaves it alone in the mode %s, and the entitlement is not redeemed, when the LMS told nothing before",
    async (mode) => {
      const { entitlementId, one, revert } = await aLeftOne();
      beside.edx.others.enroll("ada", one, mode);
      beside.edx.faults.set({ system: "lms", path: GET, nth: 1, kind: "status", status: 400 });
      expect(await revert()).toMatchObject({ enrollment: null });
      beside.edx.faults.set();
      expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE", enrollment: null });
      await leaveSession(requestOf(beside.app, ada), { entitlementId });
      await sweep();
      expect(inLms(beside, one)).toEqual({ mode, isActive: true });
    },
  );
});

test("doubt about an end is looked at again", async () => {
  const { entitlementId, one } = await aSpentOne();
  beside.edx.faults.set(
    { system: "lms", path: POST, kind: "lostAnswer" },
    { system: "lms", path: GET, nth: 2, kind: "reset" },
  );
  await leaveSession(requestOf(beside.app, ada), { entitlementId });
  beside.edx.faults.set();
  await sweep();
  // One POST for the enrollment, and one for its end.
  expect(requestsAbout(beside, one).filter((method) => method === "POST")).toHaveLength(2);
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: false });
});
