import { refundBlocker, redeemBlocker, regainBlocker } from "../../src/rules/entitlement-rules";
import { entitlementState, isExpired } from "../../src/rules/entitlement-state";
import { aPolicy, aStanding, daysAgo, NOW } from "./standings";

const periods = aPolicy();
const redemption = { enrolledAt: NOW, redeemedAt: NOW, startsAt: null, certificateStatus: null };

test("while the LMS has not said whether it enrolls the learner, nothing else can be done", () => {
  for (const standing of [{}, { redemption }]) {
    const pending = aStanding({ isEnrollmentPending: true, ...standing });
    for (const blocker of [redeemBlocker, regainBlocker, refundBlocker])
      expect(blocker(pending, periods, NOW)).toBe("PENDING_ENROLLMENT");
    expect(entitlementState(pending, periods, NOW)).toBe("PENDING_ENROLLMENT");
  }
});

test("while an enrollment is pending, only a stored expiry counts", () => {
  const overdue = aStanding({ isEnrollmentPending: true, createdAt: daysAgo(5_000) });
  expect(isExpired(overdue, periods, NOW)).toBe(false);
  expect(isExpired({ ...overdue, expiredAt: NOW }, periods, NOW)).toBe(true);
  expect(isExpired({ ...overdue, isEnrollmentPending: false }, periods, NOW)).toBe(true);
});
