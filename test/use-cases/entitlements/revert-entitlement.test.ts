import fc from "fast-check";
import { findEntries } from "../../../src/reads/history-entries";
import { expireEntitlement } from "../../../src/use-cases/entitlements/expire-entitlement";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { revertEntitlement } from "../../../src/use-cases/entitlements/revert-entitlement";
import { reissueEntitlement } from "../../../src/use-cases/entitlements/reissue-entitlement";
import { setRefundLock } from "../../../src/use-cases/entitlements/set-refund-lock";
import { enrollmentIn, expectRefusal, historyOf, stored, supportDetails } from "../../support/stored";
import { aCourse, anEntitlement, aRun, by, grace, NOW, put, useApp } from "../../support/world";
import { CourseEntitlement } from "../../../src/entities/course-entitlement";

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

/** What a row is, but for its stamps. */
async function essence(id: string): Promise<Partial<CourseEntitlement>> {
  const { modifiedAt: _, ...rest } = await stored(app, id);
  return rest;
}

test("an entitlement goes back to an entry of its history, in all but its stamps, and says to which", async () => {
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
  const [found] = await findEntries(app.db, criteria, { first: 5, after: null });
  expect(found).toMatchObject({ reason: `revertEntitlement ${created!}` });
});

test("the learner is back in the run that an entry was spent on, and out of the one they had since", async () => {
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

test("it is refused when somebody has changed the entitlement since the caller looked", async () => {
  const id = await anEntitlement(app);
  const [created] = await entryIds(id);
  await setRefundLock(by(grace, app), { entitlementId: id, isLocked: true, comments: "Asked for" });
  await expectRefusal(app, () => revert(id, created!, created), "CONFLICT");
  await revert(id, created!, (await entryIds(id)).at(-1));
});

test("it is refused, naming the clash, when the order number is that of another entitlement by now", async () => {
  const courseUuid = aCourse();
  const id = await anEntitlement(app, { courseUuid, orderNumber: "EDX-TAKEN" });
  const [created] = await entryIds(id);
  await put(app, CourseEntitlement, Object.assign(await stored(app, id), { orderNumber: null }));
  await anEntitlement(app, { courseUuid, orderNumber: "EDX-TAKEN" });
  const refusal = await expectRefusal(app, () => revert(id, created!), "CONFLICT");
  expect(refusal.message).toContain("order number");
});

test("it is refused, naming the clash, when the enrollment is that of another entitlement or gone by now", async () => {
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
  await put(app, CourseEntitlement, Object.assign(await stored(app, other), { enrollmentId: null }));
  await app.db.query("delete from course_enrollment where id = $1", [enrollmentId]);
  expect((await expectRefusal(app, () => revert(id, spent!), "CONFLICT")).message).toContain(
    "does not exist",
  );
});

test("an entry of another entitlement, or of none, is no entry of this one", async () => {
  const [id, other] = [await anEntitlement(app), await anEntitlement(app)];
  const [foreign] = await entryIds(other);
  await expectRefusal(app, () => revert(id, foreign!), "HISTORY_ENTRY_NOT_FOUND");
  await expectRefusal(app, () => revert(id, "999999999999999999"), "HISTORY_ENTRY_NOT_FOUND");
});

test("what has been paid back stays expired, by revert as by reissue", async () => {
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

test("to revert a revert is to change nothing", async () => {
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
