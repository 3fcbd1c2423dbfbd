import { sessionOfRun } from "../../src/reads/sessions";
import { DAY_MS } from "../../src/rules/entitlement-rules";
import { runBlocker } from "../../src/rules/run-rules";
import { expireDueEntitlements } from "../../src/use-cases/entitlements/expire-due-entitlements";
import { leaveSession } from "../../src/use-cases/sessions/leave-session";
import { unenrollAndRefund } from "../../src/use-cases/refunds/unenroll-and-refund";
import { ask } from "../support/demo-app";
import { withShop } from "../support/refunds";
import { enrollmentIn, expectRefusal, stored } from "../support/stored";
import {
  aCertificate,
  aCourse,
  ada,
  ago,
  anEnrollment,
  anEntitlement,
  aPolicy,
  aRun,
  by,
  NOW,
  useApp,
} from "../support/world";

const app = useApp();

interface Decisions {
  isRedeemable: boolean;
  isRefundable: boolean;
  isRegainable: boolean;
  isExpired: boolean;
  daysUntilExpiration: number;
  policy: { expirationPeriod: string };
}

/** What a client is told of an entitlement. */
async function decisionsOn(id: string): Promise<Decisions> {
  const question = `query ($id: ID!) { entitlement(id: $id) {
    isRedeemable isRefundable isRegainable isExpired daysUntilExpiration policy { expirationPeriod } } }`;
  const { data, errors } = await ask<{ entitlement: Decisions }>(app, ada, question, { id });
  expect(errors).toBeUndefined();
  return data!.entitlement;
}

/** An entitlement that was spent so many days ago, on a run that began so many days ago, in an enrollment as old. */
async function spent(days: number, given: Parameters<typeof anEntitlement>[1] & { began?: number } = {}) {
  const { began = days, ...entitlement } = given;
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid, { startsAt: ago(began) });
  const enrollmentId = await anEnrollment(app, run, { mode: "verified", createdAt: ago(began) });
  const createdAt = ago(days);
  const row = { courseUuid, enrollmentId, redeemedAt: ago(began), createdAt, ...entitlement };
  return { id: await anEntitlement(app, row), run };
}

test("M3: a fresh one is redeemable; one of two years ago is not, nor an expired one, nor is that refundable", async () => {
  expect(await decisionsOn(await anEntitlement(app))).toMatchObject({ isRedeemable: true });
  const old = await anEntitlement(app, { createdAt: ago(730) });
  expect(await decisionsOn(old)).toMatchObject({ isRedeemable: false });
  const expired = await anEntitlement(app, { expiredAt: NOW });
  expect(await decisionsOn(expired)).toMatchObject({ isRedeemable: false, isRefundable: false });
});

test("M4: an order is refundable while it is fresh, or unspent, or can still be left", async () => {
  const isRefundable = async (id: string) => (await decisionsOn(id)).isRefundable;
  expect(await isRefundable(await anEntitlement(app))).toBe(true);
  expect(await isRefundable(await anEntitlement(app, { orderNumber: null }))).toBe(false);
  expect(await isRefundable(await anEntitlement(app, { createdAt: ago(70) }))).toBe(false);
  expect(await isRefundable((await spent(20)).id)).toBe(false);
  expect(await isRefundable(await anEntitlement(app, { createdAt: ago(20) }))).toBe(true);
  expect(await isRefundable(await anEntitlement(app, { expiredAt: NOW }))).toBe(false);
});

test("M5: a run can be left for two weeks, unless a certificate has been earned there", async () => {
  const fresh = await spent(0);
  expect(await decisionsOn(fresh.id)).toMatchObject({ isRegainable: true });
  await aCertificate(app, fresh.run, "downloadable");
  expect(await decisionsOn(fresh.id)).toMatchObject({ isRegainable: false });
  await aCertificate(app, fresh.run, "notpassing");
  expect(await decisionsOn(fresh.id)).toMatchObject({ isRegainable: true });
  expect(await decisionsOn((await spent(20)).id)).toMatchObject({ isRegainable: false });
  expect(await decisionsOn((await spent(0, { expiredAt: NOW })).id)).toMatchObject({ isRegainable: false });
});

test("M6: a spent one has no more days left than its policy gives", async () => {
  expect(await decisionsOn((await spent(0)).id)).toMatchObject({
    daysUntilExpiration: 14,
    policy: { expirationPeriod: "P730D" },
  });
  const policyId = await aPolicy(app, { mode: "verified", expirationMs: 10 * DAY_MS });
  expect(await decisionsOn((await spent(0, { policyId })).id)).toMatchObject({ daysUntilExpiration: 10 });
  const beforeItBegins = await spent(0, { policyId, began: -30 });
  expect(await decisionsOn(beforeItBegins.id)).toMatchObject({
    daysUntilExpiration: 10,
    policy: { expirationPeriod: "P10D" },
  });
});

describe("M7: the expiry is told at once and stored by the next sweep:", () => {
  test.each<[string, boolean, () => Promise<string>]>([
    ["a fresh one has not expired", false, () => anEntitlement(app)],
    ["one of three years ago has", true, () => anEntitlement(app, { createdAt: ago(3 * 365) })],
    ["one that is freshly spent has not", false, async () => (await spent(0)).id],
    ["one that was spent 20 days ago has", true, async () => (await spent(20)).id],
    ["a new one on an old enrollment has not", false, async () => (await spent(0, { began: 20 })).id],
    ["one of 731 days ago has, even freshly spent", true, async () => (await spent(731, { began: 0 })).id],
  ])("%s", async (_, isExpired, make) => {
    const id = await make();
    expect(await decisionsOn(id)).toMatchObject({ isExpired });
    expect(await stored(app, id)).toMatchObject({ expiredAt: null });
    await expireDueEntitlements(app, { source: "JOB", requestId: null });
    expect(await stored(app, id)).toMatchObject({ expiredAt: isExpired ? NOW : null });
  });
});

test("M8: to leave a run that it is not spent on refunds nothing; to leave its own refunds it when asked to", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  await anEnrollment(app, run);
  const beside = await anEntitlement(app, { courseUuid });
  const { app: shop, asked } = withShop(app, () => ({ kind: "accepted", refs: ["1"] }));
  await leaveSession(by(ada, shop), { entitlementId: beside });
  expect(asked).toEqual([]);
  expect(await stored(app, beside)).toMatchObject({ expiredAt: null });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true, mode: "audit" });
  const { id, run: own } = await spent(0);
  await unenrollAndRefund(by(ada, shop), { entitlementId: id, refund: "REQUEST" });
  expect(asked).toMatchObject([{ entitlementId: id }]);
  expect(await stored(app, id)).toMatchObject({ expiryCause: "REFUNDED", enrollmentId: null });
  expect(await enrollmentIn(app, own)).toMatchObject({ isActive: false });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true });
});

test("8.7.9: after the time to leave, there is no refund, though nobody has noted the expiry yet", async () => {
  const { id } = await spent(20);
  const { app: shop, asked } = withShop(app, () => ({ kind: "accepted", refs: ["1"] }));
  const command = () => unenrollAndRefund(by(ada, shop), { entitlementId: id, refund: "REQUEST" });
  const details = { blocker: "REGAIN_PERIOD_OVER" };
  await expectRefusal(app, command, "ENTITLEMENT_NOT_REFUNDABLE", details);
  expect(asked).toEqual([]);
});

describe("a run can fulfill an entitlement", () => {
  type Run = Parameters<typeof aRun>[2];
  const open = { startsAt: ago(5), enrollmentStartsAt: ago(5), enrollmentEndsAt: ago(-5) };
  const ended = { startsAt: ago(9), endsAt: ago(2), enrollmentStartsAt: ago(9), enrollmentEndsAt: ago(3) };
  test.each<[string, Run | null, boolean, string | null]>([
    ["F1: while it takes enrollments", open, false, null],
    ["F2: but not one that the catalog does not know", null, false, "RUN_UNKNOWN"],
    ["F3: but not one without a start date", { ...open, startsAt: null }, false, "NO_START_DATE"],
    ["F4: but not once it has ended, for a stranger", ended, false, "ENROLLMENT_CLOSED"],
    [
      "F5: but not before it takes any",
      { ...open, enrollmentStartsAt: ago(-2) },
      false,
      "ENROLLMENT_NOT_OPEN",
    ],
    ["F6: for whoever is in it", open, true, null],
    [
      "F7: for whoever is in it, after enrollment has ended",
      { ...open, enrollmentEndsAt: ago(1) },
      true,
      null,
    ],
    [
      "F8: but not after the upgrade deadline",
      { ...open, modes: [{ expiresAt: ago(1) }] },
      false,
      "UPGRADE_DEADLINE_PASSED",
    ],
    ["F9: for whoever is in it, even after it has ended", ended, true, null],
  ])("%s", async (_, given, isEnrolled, blocker) => {
    const run = given ? await aRun(app, aCourse(), given) : "course-v1:DemoX+none+1";
    if (isEnrolled) await anEnrollment(app, run);
    const session = await sessionOfRun(app.db, ada.userId!, run);
    expect(runBlocker(session, "verified", session?.enrollment ?? null, NOW)).toBe(blocker);
  });
});
