import { expireEntitlement } from "../../../src/use-cases/entitlements/expire-entitlement";
import { enrollmentIn, expectRefusal, historyOf, stored, supportDetails } from "../../support/stored";
import {
  aCourse,
  ago,
  anEntitlement,
  aRun,
  aWaitingEntitlement,
  by,
  grace,
  NOW,
  useApp,
} from "../../support/world";

const app = useApp();

const expire = (entitlementId: string, expectedHistoryEntryId?: string) =>
  expireEntitlement(by(grace, app), { entitlementId, comments: "Asked for it", expectedHistoryEntryId });

test("support expires an entitlement, and a support detail records the comments", async () => {
  const id = await anEntitlement(app);
  expect(await expire(id)).toMatchObject({ id, expiredAt: NOW, expiryCause: "SUPPORT" });
  expect(await supportDetails(app, id)).toMatchObject([
    { action: "EXPIRE", comments: "Asked for it", supportUserId: grace.userId, unenrolledRunKey: null },
  ]);
  expect((await historyOf(app, id)).at(-1)).toMatchObject({ history_change_reason: "expireEntitlement" });
});

test("the learner of a redeemed entitlement leaves the run, which the support detail names", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run });
  await expire(id);
  expect(await stored(app, id)).toMatchObject({ enrollmentId: null, redeemedAt: null, expiredAt: NOW });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
  expect(await supportDetails(app, id)).toMatchObject([{ unenrolledRunKey: run }]);
});

test("an expired entitlement keeps its expiry, even one in the future", async () => {
  const id = await anEntitlement(app, { expiredAt: new Date(NOW.getTime() + 1) });
  await expectRefusal(app, () => expire(id), "ENTITLEMENT_EXPIRED");
});

test("an expired entitlement that waits for the LMS only stops waiting", async () => {
  const expiredAt = ago(1);
  const entitlementId = await aWaitingEntitlement(app, { expiredAt });
  expect(await expire(entitlementId)).toMatchObject({ expiredAt });
  expect(await stored(app, entitlementId)).toMatchObject({ pendingEnrollmentId: null, expiredAt });
});

test("of two agents who have read the same state, the second one is refused", async () => {
  const id = await anEntitlement(app);
  const [seen] = await historyOf(app, id);
  await expire(id, seen!.history_id);
  await expectRefusal(app, () => expire(id, seen!.history_id), "CONFLICT", {
    field: "expectedHistoryEntryId",
  });
});

test("the id of a history entry that does not exist yet counts as outdated", async () => {
  const id = await anEntitlement(app);
  await expectRefusal(app, () => expire(id, "999999999999999999"), "CONFLICT");
});

test("an entitlement that does not exist is refused", () =>
  expectRefusal(app, () => expire("00000000-0000-4000-8000-000000000000"), "ENTITLEMENT_NOT_FOUND"));
