import { revokeEntitlements } from "../../../src/use-cases/bulk/revoke-entitlements";
import { PREVIEW_AT_MOST, type Rehearsal } from "../../../src/use-cases/rehearsal";
import { checksumOf } from "../../support/checksum";
import { enrollmentIn, historyOf, stored } from "../../support/stored";
import { aCertificate, aCourse, anEntitlement, ago, aRun, by, NOW, shop, useApp } from "../../support/world";

const MISSING = "00000000-0000-4000-8000-000000000000";

const app = useApp();

const revoke = (entitlementIds: string[], rehearsal: Rehearsal | null = null) =>
  revokeEntitlements({ ...by(shop, app), rehearsal }, { entitlementIds, reason: "Subscription ended" });

test("each id has an outcome, in the order of the request, and no failure stops the other revocations", async () => {
  const fresh = await anEntitlement(app);
  const revoked = await anEntitlement(app, { expiredAt: ago(1), expiryCause: "REVOKED" });
  const answers = await revoke([revoked, MISSING, fresh, fresh]);
  expect(answers).toMatchObject([
    { entitlementId: revoked, outcome: "UNCHANGED", refusal: null, done: { facts: { expiredAt: ago(1) } } },
    { entitlementId: MISSING, outcome: "REFUSED", refusal: { code: "ENTITLEMENT_NOT_FOUND" }, done: null },
    { entitlementId: fresh, outcome: "CHANGED", refusal: null, done: { facts: { expiredAt: NOW } } },
    { entitlementId: fresh, outcome: "UNCHANGED", refusal: null },
  ]);
  expect(await stored(app, fresh)).toMatchObject({ expiredAt: NOW, expiryCause: "REVOKED" });
  expect(await historyOf(app, fresh)).toMatchObject([{}, { history_change_reason: "revokeEntitlements" }]);
});

test("a dry run returns the outcome for each id and no more history entries than it counts for, and changes nothing", async () => {
  const fresh = await Promise.all(Array.from({ length: 60 }, () => anEntitlement(app)));
  const before = await checksumOf(app.db);
  const rehearsal: Rehearsal = { entries: [] };
  const [first, ...others] = await revoke([...fresh, MISSING], rehearsal);
  expect(first).toMatchObject({ outcome: "CHANGED", done: { facts: { expiredAt: NOW } } });
  expect(others.at(-1)).toMatchObject({ outcome: "REFUSED" });
  expect(rehearsal.entries).toHaveLength(PREVIEW_AT_MOST);
  expect(await checksumOf(app.db)).toEqual(before);
});

test("a failure differs from a refusal, and the other revocations continue", async () => {
  const [broken, fresh] = [await anEntitlement(app), await anEntitlement(app)];
  await app.db.query(`
    create function refuse_broken() returns trigger language plpgsql as $$ begin raise 'broken'; end $$;
    create trigger refuse_broken before update on course_entitlement for each row
      when (old.id = '${broken}') execute function refuse_broken();`);
  expect(await revoke([broken, fresh])).toMatchObject([
    { outcome: "FAILED", done: null, refusal: null },
    { outcome: "CHANGED" },
  ]);
  expect(await stored(app, broken)).toMatchObject({ expiredAt: null });
});

test("a revocation can leave learners in their run as auditors, and spare those with a certificate", async () => {
  const courseUuid = aCourse();
  const [run, completed] = [await aRun(app, courseUuid), await aRun(app, courseUuid)];
  const ids = [
    await anEntitlement(app, { courseUuid, run }),
    await anEntitlement(app, { courseUuid, run: completed }),
  ];
  await aCertificate(app, completed);
  const how = { downgrade: true, spareCompleted: true, reason: "The course is cancelled" };
  expect(await revokeEntitlements(by(shop, app), { entitlementIds: ids, ...how })).toMatchObject([
    { outcome: "CHANGED", done: { facts: { expiryCause: "REVOKED", enrollment: null } } },
    { outcome: "REFUSED", refusal: { details: { blocker: "CERTIFICATE_EARNED" } } },
  ]);
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true, mode: "audit" });
  expect(await enrollmentIn(app, completed)).toMatchObject({ isActive: true, mode: "verified" });
});
