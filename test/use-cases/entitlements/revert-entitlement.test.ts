import fc from "fast-check";
import { findEntries } from "../../../src/reads/history-entries";
import { expireEntitlement } from "../../../src/use-cases/entitlements/expire-entitlement";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { revertEntitlement } from "../../../src/use-cases/entitlements/revert-entitlement";
import { reissueEntitlement } from "../../../src/use-cases/entitlements/reissue-entitlement";
import { setRefundLock } from "../../../src/use-cases/entitlements/set-refund-lock";
import { enrollmentIn, expectRefusal, historyOf, stored, supportDetails } from "../../support/stored";
import { aCourse, ago, anEntitlement, aPolicy, aRun, by, grace, NOW, put, useApp } from "../../support/world";
import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { firstRows } from "../../../src/store/rows/page";

const app = useApp();

const revert = (entitlementId: string, historyEntryId: string, expectedHistoryEntryId?: string) =>
  revertEntitlement(by(grace, app), {
    entitlementId,
    historyEntryId,
    expectedHistoryEntryId,
    comments: "Mistake",
  });

async function entryIds(id: string): Promise<string[]> {
  return (await historyOf(app, id)).map(({ history_id }) => history_id);
}

/** A row without its timestamps. */
async function essence(id: string): Promise<Partial<CourseEntitlement>> {
  const { modifiedAt: _, ...rest } = await stored(app, id);
  return rest;
}

test("an entitlement is reverted to an entry of its history except for its timestamps, and the history names that entry", async () => {
  const id = await anEntitlement(app);
  const [created] = await entryIds(id);
  const before = await essence(id);
  await expireEntitlement(by(grace, app), { entitlementId: id, comments: "Wrong one" });
  await revert(id, created!);
  expect(await essence(id)).toEqual(before);
  const history = await historyOf(app, id);
  expect(history.at(-1)).toMatchObject({
    history_type: "~",
    history_change_reason: `revertEntitlement ${created!}`,
    history_user_label: "grace",
  });
  expect((await supportDetails(app, id)).map(({ action }) => action)).toContain("REVERT");
  const criteria = { reasons: ["revertEntitlement"], entityIds: [id] };
  const {
    rows: [found],
  } = await findEntries(app.db, criteria, firstRows(5));
  expect(found).toMatchObject({ reason: `revertEntitlement ${created!}` });
});

test("a revert enrolls the learner in the run of the entry and ends the later enrollment", async () => {
  const courseUuid = aCourse();
  const [first, second] = [await aRun(app, courseUuid), await aRun(app, courseUuid)];
  const id = await anEntitlement(app, { courseUuid, run: first });
  const [spent] = await entryIds(id);
  await reissueEntitlement(by(grace, app), { entitlementId: id, comments: "Wrong run" });
  await enrollAndFulfill(by(grace, app), { entitlementId: id, courseRunKey: second });
  await revert(id, spent!);
  expect(await enrollmentIn(app, first)).toMatchObject({ isActive: true, mode: "verified" });
  expect(await enrollmentIn(app, second)).toMatchObject({ isActive: false });
});

test("a revert is refused when the entitlement was changed after the caller read it", async () => {
  const id = await anEntitlement(app);
  const [created] = await entryIds(id);
  await setRefundLock(by(grace, app), { entitlementId: id, isLocked: true, comments: "Asked for" });
  await expectRefusal(app, () => revert(id, created!, created), "CONFLICT");
  await revert(id, created!, (await entryIds(id)).at(-1));
});

test("a revert is refused, with the conflict, when another entitlement has the order number by now", async () => {
  const courseUuid = aCourse();
  const id = await anEntitlement(app, { courseUuid, orderNumber: "EDX-TAKEN" });
  const [created] = await entryIds(id);
  await put(app, CourseEntitlement, Object.assign(await stored(app, id), { orderNumber: null }));
  await anEntitlement(app, { courseUuid, orderNumber: "EDX-TAKEN" });
  const refusal = await expectRefusal(app, () => revert(id, created!), "CONFLICT");
  expect(refusal.message).toContain("order number");
});

test("a revert is refused, with the conflict, when another entitlement has the enrollment or waits for it, or it has been deleted", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run });
  const [spent] = await entryIds(id);
  const { id: enrollmentId } = (await enrollmentIn(app, run))!;
  await leaveSession(by(grace, app), { entitlementId: id });
  const other = await anEntitlement(app, { courseUuid, enrollmentId, redeemedAt: NOW });
  expect((await expectRefusal(app, () => revert(id, spent!), "CONFLICT")).message).toContain(
    "another entitlement",
  );
  const waiting = { enrollmentId: null, redeemedAt: null, pendingEnrollmentId: enrollmentId };
  await put(app, CourseEntitlement, Object.assign(await stored(app, other), waiting));
  expect((await expectRefusal(app, () => revert(id, spent!), "CONFLICT")).message).toContain(
    "another entitlement",
  );
  await put(app, CourseEntitlement, Object.assign(await stored(app, other), { pendingEnrollmentId: null }));
  await app.db.query("delete from course_enrollment where id = $1", [enrollmentId]);
  expect((await expectRefusal(app, () => revert(id, spent!), "CONFLICT")).message).toContain(
    "does not exist",
  );
});

test("a revert is refused, with the conflict, when the policy of that state does not exist any more", async () => {
  const policyId = await aPolicy(app, { mode: "professional" });
  const id = await anEntitlement(app, { policyId });
  const [created] = await entryIds(id);
  await put(app, CourseEntitlement, Object.assign(await stored(app, id), { policyId: null }));
  await app.db.query("delete from course_entitlement_policy where id = $1", [policyId]);
  const refusal = await expectRefusal(app, () => revert(id, created!), "CONFLICT");
  expect(refusal.message).toContain("policy does not exist");
});

test("a revert is refused, with the conflict, when the learner is enrolled in the run by other means", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run });
  const [spent] = await entryIds(id);
  await leaveSession(by(grace, app), { entitlementId: id });
  await app.db.query("update course_enrollment set is_active = true where course_run_key = $1", [run]);
  const refusal = await expectRefusal(app, () => revert(id, spent!), "CONFLICT");
  expect(refusal.message).toContain("by other means");
});

test("a state that could not be redeemed any more is not restored, because it would expire at once", async () => {
  const id = await anEntitlement(app, { createdAt: ago(730) });
  const [created] = await entryIds(id);
  const lapsed = { expiredAt: NOW, expiryCause: "LAPSED" as const };
  await put(app, CourseEntitlement, Object.assign(await stored(app, id), lapsed));
  const details = { field: "historyEntryId", blocker: "EXPIRATION_PERIOD_OVER" };
  await expectRefusal(app, () => revert(id, created!), "ENTITLEMENT_NOT_REDEEMABLE", details);
});

test("a state whose redemption is final by now is restored with the expiry that is due", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid, { startsAt: ago(40) });
  const id = await anEntitlement(app, { courseUuid, run, createdAt: ago(50) });
  const [spent] = await entryIds(id);
  await expireEntitlement(by(grace, app), { entitlementId: id, comments: "Wrong one" });
  await revert(id, spent!);
  expect(await stored(app, id)).toMatchObject({ expiredAt: NOW, expiryCause: "LAPSED" });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true });
  const refusal = await expectRefusal(app, () => revert(id, spent!), "CONFLICT");
  expect(refusal.message).toContain("can no longer leave its run");
});

test("an entry of another entitlement and an unknown entry are refused", async () => {
  const [id, other] = [await anEntitlement(app), await anEntitlement(app)];
  const [foreign] = await entryIds(other);
  await expectRefusal(app, () => revert(id, foreign!), "HISTORY_ENTRY_NOT_FOUND");
  await expectRefusal(app, () => revert(id, "999999999999999999"), "HISTORY_ENTRY_NOT_FOUND");
});

test("a refunded entitlement stays expired: neither revert nor reissue changes it", async () => {
  const id = await anEntitlement(app);
  const [created] = await entryIds(id);
  await put(
    app,
    CourseEntitlement,
    Object.assign(await stored(app, id), { expiredAt: NOW, expiryCause: "REFUNDED" }),
  );
  await expectRefusal(app, () => revert(id, created!), "ENTITLEMENT_REFUNDED");
  await expectRefusal(
    app,
    () => reissueEntitlement(by(grace, app), { entitlementId: id, comments: "Please" }),
    "ENTITLEMENT_REFUNDED",
  );
});

test("reverting a revert restores the state before it", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const act = fc.constantFrom("spend", "leave", "lock", "unlock", "expire", "reissue");
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 6 }), fc.nat(), async (acts, pick) => {
      const id = await anEntitlement(app, { courseUuid });
      for (const name of acts) await attempt(name, id, run).catch(() => undefined);
      const entries = await entryIds(id);
      const before = await essence(id);
      await revert(id, entries[pick % entries.length]!);
      await revert(id, entries.at(-1)!);
      expect(await essence(id)).toEqual(before);
      await app.db.query("delete from course_entitlement where id = $1", [id]);
      await app.db.query("delete from course_enrollment where course_run_key = $1", [run]);
    }),
    { numRuns: 25 },
  );
});

function attempt(name: string, entitlementId: string, courseRunKey: string): Promise<unknown> {
  const request = by(grace, app);
  const comments = "Test";
  switch (name) {
    case "spend":
      return enrollAndFulfill(request, { entitlementId, courseRunKey });
    case "leave":
      return leaveSession(request, { entitlementId });
    case "expire":
      return expireEntitlement(request, { entitlementId, comments });
    case "reissue":
      return reissueEntitlement(request, { entitlementId, comments });
    default:
      return setRefundLock(request, { entitlementId, isLocked: name === "lock", comments });
  }
}
