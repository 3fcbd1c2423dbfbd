import { setRefundLock } from "../../../src/use-cases/entitlements/set-refund-lock";
import { checksumOf } from "../../support/checksum";
import { expectRefusal, historyOf, supportDetails } from "../../support/stored";
import { anEntitlement, by, grace, useApp } from "../../support/world";

const app = useApp();

const setLock = (entitlementId: string, isLocked: boolean, expectedHistoryEntryId?: string) =>
  setRefundLock(by(grace, app), { entitlementId, isLocked, comments: "Agreed", expectedHistoryEntryId });

test("support locks and unlocks refunds, each time with comments", async () => {
  const id = await anEntitlement(app);
  expect(await setLock(id, true)).toMatchObject({ refundLocked: true });
  expect(await setLock(id, false)).toMatchObject({ refundLocked: false });
  const actions = (await supportDetails(app, id)).map(({ action }) => action);
  expect(actions.sort()).toEqual(["LOCK_REFUND", "UNLOCK_REFUND"]);
  expect((await historyOf(app, id)).at(-1)).toMatchObject({ history_change_reason: "setRefundLock" });
});

test("a lock that is set already changes nothing, and no support detail is added", async () => {
  const id = await anEntitlement(app, { refundLocked: true });
  const before = await checksumOf(app.db);
  expect(await setLock(id, true)).toMatchObject({ refundLocked: true });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("an agent who has not seen the newest change is refused", async () => {
  const id = await anEntitlement(app);
  const [seen] = await historyOf(app, id);
  await setLock(id, true, seen!.history_id);
  await expectRefusal(app, () => setLock(id, false, seen!.history_id), "CONFLICT");
});

test("an entitlement that does not exist is refused", () =>
  expectRefusal(app, () => setLock("00000000-0000-4000-8000-000000000000", true), "ENTITLEMENT_NOT_FOUND"));
