import type { Standing } from "../../src/rules/entitlement-rules";
import { entitlementState, isExpired, type EntitlementState } from "../../src/rules/entitlement-state";
import { aPolicy, aStanding, daysAgo, NOW } from "./standings";

const periods = aPolicy();
const redemption = { enrolledAt: NOW, redeemedAt: NOW, startsAt: null, certificateStatus: null };

describe("the state of an entitlement", () => {
  const old = { createdAt: daysAgo(5_000) };
  const kept = { redemption: { ...redemption, enrolledAt: daysAgo(500), redeemedAt: daysAgo(500) }, ...old };
  const ended = (expiryCause: Standing["expiryCause"]) => ({ expiredAt: NOW, expiryCause });
  const pending = { isEnrollmentPending: true };
  test.each<[string, Partial<Standing>, EntitlementState]>([
    ["that can be redeemed", {}, "AVAILABLE"],
    ["that is too old", old, "EXPIRED"],
    ["that an agent has expired", ended("SUPPORT"), "EXPIRED"],
    ["that is redeemed, and whose run can be left", { redemption }, "FULFILLED_CHANGEABLE"],
    ["that is redeemed, and whose run cannot be left any more", kept, "FULFILLED"],
    ["whose enrollment the LMS has not confirmed", pending, "PENDING_ENROLLMENT"],
    ["whose move to another run the LMS has not confirmed", { ...pending, redemption }, "PENDING_ENROLLMENT"],
    ["that was refunded", ended("REFUNDED"), "REFUNDED"],
    ["that was refunded while it was redeemed", { ...ended("REFUNDED"), redemption }, "REFUNDED"],
    ["that was refunded while the LMS had to confirm", { ...ended("REFUNDED"), ...pending }, "REFUNDED"],
    ["that a shop has revoked", ended("REVOKED"), "REVOKED"],
    ["with a refund that is pending", { refundState: "REQUESTED" }, "AVAILABLE"],
  ])("%s", (_, standing, state) => {
    expect(entitlementState(aStanding(standing), periods, NOW)).toBe(state);
  });
});

test("while an enrollment is pending, only a stored expiry counts", () => {
  const overdue = aStanding({ isEnrollmentPending: true, createdAt: daysAgo(5_000) });
  expect(isExpired(overdue, periods, NOW)).toBe(false);
  expect(isExpired({ ...overdue, expiredAt: NOW }, periods, NOW)).toBe(true);
  expect(isExpired({ ...overdue, isEnrollmentPending: false }, periods, NOW)).toBe(true);
});
