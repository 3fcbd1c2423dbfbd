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

/**
 * An entitlement that was redeemed a number of days ago, for a run and by an enrollment that began a number of days
 * ago.
 */
async function spent(days: number, given: Parameters<typeof anEntitlement>[1] & { began?: number } = {}) {
  const { began = days, ...entitlement } = given;
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid, { startsAt: ago(began) });
  const enrollmentId = await anEnrollment(app, run, { mode: "verified", createdAt: ago(began) });
  const createdAt = ago(days);
  const row = { courseUuid, enrollmentId, redeemedAt: ago(began), createdAt, ...entitlement };
  return { id: await anEntitlement(app, row), run };
}

test("M3: a new entitlement is redeemable; one that is two years old is not; an expired one is neither redeemable nor refundable", async () => {
  expect(await decisionsOn(await anEntitlement(app))).toMatchObject({ isRedeemable: true });
  const old = await anEntitlement(app, { createdAt: ago(730) });
  expect(await decisionsOn(old)).toMatchObject({ isRedeemable: false });
  const expired = await anEntitlement(app, { expiredAt: NOW });
  expect(await decisionsOn(expired)).toMatchObject({ isRedeemable: false, isRefundable: false });
});

test("M4: an order is refundable while it is new and its entitlement is not redeemed or can still leave the run", async () => {
  const isRefundable = async (id: string) => (await decisionsOn(id)).isRefundable;
  expect(await isRefundable(await anEntitlement(app))).toBe(true);
  expect(await isRefundable(await anEntitlement(app, { orderNumber: null }))).toBe(false);
  expect(await isRefundable(await anEntitlement(app, { createdAt: ago(70) }))).toBe(false);
  expect(await isRefundable((await spent(20)).id)).toBe(false);
  expect(await isRefundable(await anEntitlement(app, { createdAt: ago(20) }))).toBe(true);
  expect(await isRefundable(await anEntitlement(app, { expiredAt: NOW }))).toBe(false);
});

test("M5: a learner can leave a run for two weeks, unless the learner has a certificate for it", async () => {
  const fresh = await spent(0);
  expect(await decisionsOn(fresh.id)).toMatchObject({ isRegainable: true });
  await aCertificate(app, fresh.run, "downloadable");
  expect(await decisionsOn(fresh.id)).toMatchObject({ isRegainable: false });
  await aCertificate(app, fresh.run, "notpassing");
  expect(await decisionsOn(fresh.id)).toMatchObject({ isRegainable: true });
  expect(await decisionsOn((await spent(20)).id)).toMatchObject({ isRegainable: false });
  expect(await decisionsOn((await spent(0, { expiredAt: NOW })).id)).toMatchObject({ isRegainable: false });
});

test("M6: a redeemed entitlement has no more days left than its expiration period", async () => {
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

describe("M7: the expiry is shown at once and stored by the next sweep:", () => {
  test.each<[string, boolean, () => Promise<string>]>([
    ["a new entitlement has not expired", false, () => anEntitlement(app)],
    ["a three-year-old entitlement has expired", true, () => anEntitlement(app, { createdAt: ago(3 * 365) })],
    ["an entitlement that was redeemed just now has not expired", false, async () => (await spent(0)).id],
    ["an entitlement that was redeemed 20 days ago has expired", true, async () => (await spent(20)).id],
    [
      "a new entitlement for an old enrollment has not expired",
      false,
      async () => (await spent(0, { began: 20 })).id,
    ],
    [
      "a 731-day-old entitlement has expired, even if it was redeemed just now",
      true,
      async () => (await spent(731, { began: 0 })).id,
    ],
  ])("%s", async (_, isExpired, make) => {
    const id = await make();
    expect(await decisionsOn(id)).toMatchObject({ isExpired });
    expect(await stored(app, id)).toMatchObject({ expiredAt: null });
    await expireDueEntitlements(app, { source: "JOB", requestId: null });
    expect(await stored(app, id)).toMatchObject({ expiredAt: isExpired ? NOW : null });
  });
});

test("M8: leaving a run that is not linked refunds nothing; leaving the linked run refunds the order on request", async () => {
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

test("8.7.9: after the regain period, there is no refund, although the expiry is not yet stored", async () => {
  const { id } = await spent(20);
  const { app: shop, asked } = withShop(app, () => ({ kind: "accepted", refs: ["1"] }));
  const command = () => unenrollAndRefund(by(ada, shop), { entitlementId: id, refund: "REQUEST" });
  const details = { blocker: "REGAIN_PERIOD_OVER" };
  await expectRefusal(app, command, "ENTITLEMENT_NOT_REFUNDABLE", details);
  expect(asked).toEqual([]);
});

describe("a run is available for an entitlement", () => {
  type Run = Parameters<typeof aRun>[2];
  const open = { startsAt: ago(5), enrollmentStartsAt: ago(5), enrollmentEndsAt: ago(-5) };
  const ended = { startsAt: ago(9), endsAt: ago(2), enrollmentStartsAt: ago(9), enrollmentEndsAt: ago(3) };
  test.each<[string, Run | null, boolean, string | null]>([
    ["F1: while enrollment is open", open, false, null],
    ["F2: but not when the catalog does not contain it", null, false, "RUN_UNKNOWN"],
    ["F3: but not without a start date", { ...open, startsAt: null }, false, "NO_START_DATE"],
    ["F4: but not after its end, for a learner who is not enrolled", ended, false, "ENROLLMENT_CLOSED"],
    [
      "F5: but not before enrollment opens",
      { ...open, enrollmentStartsAt: ago(-2) },
      false,
      "ENROLLMENT_NOT_OPEN",
    ],
    ["F6: for a learner who is enrolled in it", open, true, null],
    [
      "F7: for a learner who is enrolled in it, after enrollment has closed",
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
    ["F9: for a learner who is enrolled in it, even after its end", ended, true, null],
  ])("%s", async (_, given, isEnrolled, blocker) => {
    const run = given ? await aRun(app, aCourse(), given) : "course-v1:DemoX+none+1";
    if (isEnrolled) await anEnrollment(app, run);
    const session = await sessionOfRun(app.db, ada.userId!, run);
    expect(runBlocker(session, "verified", session?.enrollment ?? null, NOW)).toBe(blocker);
  });
});
