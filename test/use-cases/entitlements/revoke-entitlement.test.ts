import { revokeEntitlement } from "../../../src/use-cases/entitlements/revoke-entitlement";
import { checksumOf } from "../../support/checksum";
import { enrollmentIn, expectRefusal, historyOf, stored, supportDetails } from "../../support/stored";
import { aCertificate, aCourse, ago, anEntitlement, aRun, by, NOW, shop, useApp } from "../../support/world";

const app = useApp();

const revoke = (entitlementId: string) =>
  revokeEntitlement(by(shop, app), { entitlementId, reason: "Chargeback" });

test("R30: a revoked entitlement that is not redeemed expires, is not deleted, and has a support detail with the reason", async () => {
  const id = await anEntitlement(app);
  expect(await revoke(id)).toMatchObject({ id, expiredAt: NOW, expiryCause: "REVOKED" });
  expect(await supportDetails(app, id)).toMatchObject([{ action: "REVOKE", comments: "Chargeback" }]);
  expect((await historyOf(app, id)).at(-1)).toMatchObject({
    history_change_reason: "revokeEntitlement",
    history_user_label: "shop",
  });
});

test("R31: revoking a redeemed entitlement ends the enrollment of the learner", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run });
  await revoke(id);
  expect(await stored(app, id)).toMatchObject({ expiredAt: NOW, enrollmentId: null, redeemedAt: null });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false, mode: "verified" });
  expect(await supportDetails(app, id)).toMatchObject([{ unenrolledRunKey: run }]);
});

test("an expired entitlement keeps its expiry, and the learner leaves the run nevertheless", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run, expiredAt: ago(3), expiryCause: "LAPSED" });
  expect(await revoke(id)).toMatchObject({ expiredAt: ago(3), expiryCause: "REVOKED", enrollment: null });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
});

test("revoking a revoked or refunded entitlement changes nothing", async () => {
  const revoked = await anEntitlement(app);
  await revoke(revoked);
  const refunded = await anEntitlement(app, { expiredAt: ago(1), expiryCause: "REFUNDED" });
  const before = await checksumOf(app.db);
  expect(await revoke(revoked)).toMatchObject({ expiryCause: "REVOKED" });
  expect(await revoke(refunded)).toMatchObject({ expiryCause: "REFUNDED" });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("learners who have completed the run are spared where that is wanted, and nobody else is", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run });
  const spare = () =>
    revokeEntitlement(by(shop, app), {
      entitlementId: id,
      reason: "Subscription ended",
      spareCompleted: true,
    });
  await aCertificate(app, run);
  await expectRefusal(app, spare, "ENTITLEMENT_NOT_REGAINABLE", { blocker: "CERTIFICATE_EARNED" });
  await app.db.query("update certificate set status = 'notpassing' where course_run_key = $1", [run]);
  expect(await spare()).toMatchObject({ expiryCause: "REVOKED" });
});

test("an entitlement that does not exist is refused", () =>
  expectRefusal(app, () => revoke("00000000-0000-4000-8000-000000000000"), "ENTITLEMENT_NOT_FOUND"));
