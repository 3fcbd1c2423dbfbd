import { factsAsOf } from "../../../src/reads/as-of";
import { standingOf } from "../../../src/reads/decisions/choosing";
import { DAY_MS, redeemBlocker, refundBlocker, DEFAULT_PERIODS } from "../../../src/rules/entitlement-rules";
import { expireDueEntitlements } from "../../../src/use-cases/entitlements/expire-due-entitlements";
import { renewEntitlement } from "../../../src/use-cases/entitlements/renew-entitlement";
import { revertEntitlement } from "../../../src/use-cases/entitlements/revert-entitlement";
import { moveSession } from "../../../src/use-cases/sessions/move-session";
import { enrollmentIn, expectRefusal, historyOf, stored, supportDetails } from "../../support/stored";
import {
  aCertificate,
  aCourse,
  ago,
  anEnrollment,
  anEntitlement,
  aPolicy,
  aRun,
  by,
  grace,
  NOW,
  removePolicies,
  useApp,
} from "../../support/world";

const app = useApp();
beforeEach(() => removePolicies(app));

const renew = (entitlementId: string) =>
  renewEntitlement(by(grace, app), { entitlementId, comments: "The learner was ill." });

test.each([
  ["is about to expire", { createdAt: ago(729) }],
  ["is due to expire, though no expiry is stored", { createdAt: ago(800) }],
  [
    "has expired because of its age",
    { createdAt: ago(800), expiredAt: ago(1), expiryCause: "LAPSED" as const },
  ],
])("an entitlement that %s can be redeemed for a whole period again", async (_, given) => {
  const id = await anEntitlement(app, given);
  const renewed = await renew(id);
  expect(renewed).toMatchObject({ renewedAt: NOW, expiredAt: null, expiryCause: null });
  const standing = standingOf(renewed);
  expect(redeemBlocker(standing, DEFAULT_PERIODS, new Date(ago(-730).getTime() - 1))).toBeNull();
  expect(redeemBlocker(standing, DEFAULT_PERIODS, ago(-730))).toBe("EXPIRATION_PERIOD_OVER");
  expect(await supportDetails(app, id)).toMatchObject([
    { action: "RENEW", comments: "The learner was ill.", supportUserId: grace.userId },
  ]);
});

test("a renewal does not make an order refundable that was not", async () => {
  const policyId = await aPolicy(app, { expirationMs: DEFAULT_PERIODS.regainMs });
  const lapsed = { policyId, expiredAt: ago(1), expiryCause: "LAPSED" as const };
  for (const given of [{ createdAt: ago(800) }, { createdAt: ago(20), ...lapsed }]) {
    const renewed = await renew(await anEntitlement(app, given));
    expect(refundBlocker(standingOf(renewed), renewed.policy ?? DEFAULT_PERIODS, NOW)).not.toBeNull();
  }
});

test.each([
  ["has been stored", true],
  ["is due and not stored yet", false],
])(
  "a renewal rules the refund out of what is redeemed and could not be left when its expiry %s",
  async (...row) => {
    const [, isStored] = row;
    const policyId = await aPolicy(app, { expirationMs: 20 * DAY_MS });
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid, { startsAt: ago(30) });
    const given = { courseUuid, policyId, createdAt: ago(25), redeemedAt: ago(6) };
    const enrollmentId = await anEnrollment(app, run, { mode: "verified", createdAt: ago(6) });
    const id = await anEntitlement(app, { ...given, enrollmentId });
    if (isStored) await expireDueEntitlements(app, { source: "JOB", requestId: null });
    const renewed = await renew(id);
    expect(renewed).toMatchObject({ expiredAt: null, enrollment: { courseRunKey: run } });
    expect(refundBlocker(standingOf(renewed), renewed.policy!, NOW)).toBe("REFUND_LOCKED");
  },
);

test("a renewal rules the refund out of what was not redeemed in time, though its expiry is not stored yet", async () => {
  const policyId = await aPolicy(app, { expirationMs: 20 * DAY_MS });
  const renewed = await renew(await anEntitlement(app, { policyId, createdAt: ago(25) }));
  expect(refundBlocker(standingOf(renewed), renewed.policy!, NOW)).toBe("REFUND_LOCKED");
});

test("a renewal before the expiration leaves an order refundable that was", async () => {
  const policyId = await aPolicy(app, { expirationMs: 20 * DAY_MS });
  const renewed = await renew(await anEntitlement(app, { policyId, createdAt: ago(19) }));
  expect(refundBlocker(standingOf(renewed), renewed.policy!, NOW)).toBeNull();
});

test("the learner of a renewed entitlement stays in the run, and can leave it later than before", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run, createdAt: ago(729), redeemedAt: NOW });
  expect(await renew(id)).toMatchObject({ renewedAt: NOW, enrollment: { courseRunKey: run } });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true });
});

test("an entitlement that ends for another reason than its age is not renewed, and the refusal gives that reason", async () => {
  const cases = [
    [{ createdAt: ago(600) }, "ENTITLEMENT_NOT_RENEWABLE"],
    [{ createdAt: ago(800), expiredAt: ago(1), expiryCause: "SUPPORT" }, "ENTITLEMENT_EXPIRED"],
    [{ createdAt: ago(800), expiredAt: ago(1), expiryCause: "REVOKED" }, "ENTITLEMENT_EXPIRED"],
    [{ createdAt: ago(800), expiredAt: ago(1), expiryCause: null }, "ENTITLEMENT_EXPIRED"],
    [{ createdAt: ago(800), expiredAt: ago(1), expiryCause: "REFUNDED" }, "ENTITLEMENT_REFUNDED"],
  ] as const;
  for (const [given, code] of cases) {
    const id = await anEntitlement(app, given);
    await expectRefusal(app, () => renew(id), code);
  }
});

test("an entitlement that has lapsed because its run was taken for good is not renewed, whatever its age is by now", async () => {
  const courseUuid = aCourse();
  const [run, other] = [await aRun(app, courseUuid, { startsAt: ago(60) }), await aRun(app, courseUuid)];
  const moved = await anEntitlement(app, { courseUuid, run, createdAt: ago(30) });
  const move = { override: ["REGAIN_PERIOD_OVER" as const], comments: "The run was cancelled." };
  await moveSession(by(grace, app), { entitlementId: moved, courseRunKey: other, ...move });
  expect(await stored(app, moved)).toMatchObject({ expiryCause: "LAPSED" });
  await expectRefusal(app, () => renew(moved), "ENTITLEMENT_EXPIRED");
  const lapsed = { expiredAt: ago(71), expiryCause: "LAPSED" as const };
  const old = await anEntitlement(app, { createdAt: ago(800), ...lapsed });
  await expectRefusal(app, () => renew(old), "ENTITLEMENT_EXPIRED");
});

test("an entitlement is renewed when fewer than the days of its warning are left, and no millisecond earlier", async () => {
  const first = ago(730 - app.config.expirationAlertDays);
  const [early, due] = [await anEntitlement(app, { createdAt: first }), new Date(first.getTime() - 1)];
  await expectRefusal(app, () => renew(early), "ENTITLEMENT_NOT_RENEWABLE");
  expect(await renew(await anEntitlement(app, { createdAt: due }))).toMatchObject({ renewedAt: NOW });
});

test("an entitlement whose redemption is final is not renewed, because it would expire again at once", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid, { startsAt: ago(790) });
  const lapsed = { createdAt: ago(800), expiredAt: ago(1), expiryCause: "LAPSED" as const };
  const id = await anEntitlement(app, { courseUuid, run, ...lapsed });
  const blocker = { blocker: "REGAIN_PERIOD_OVER" };
  await expectRefusal(app, () => renew(id), "ENTITLEMENT_NOT_REGAINABLE", blocker);
  await aCertificate(app, run);
  await expectRefusal(app, () => renew(id), "ENTITLEMENT_NOT_REGAINABLE", { blocker: "CERTIFICATE_EARNED" });
});

test("a renewal does not change what the past shows of an entitlement", async () => {
  const id = await anEntitlement(app, { createdAt: ago(729) });
  const [created] = await historyOf(app, id);
  await app.committer.settle();
  await renew(id);
  const [before] = await factsAsOf(app.db, [id], (created as unknown as { history_date: Date }).history_date);
  expect(before).toMatchObject({ renewedAt: null });
  const reverted = revertEntitlement(by(grace, app), {
    entitlementId: id,
    historyEntryId: created!.history_id,
    comments: "Mistake",
  });
  expect(await reverted).toMatchObject({ renewedAt: null });
  expect(await stored(app, id)).toMatchObject({ renewedAt: null });
});
