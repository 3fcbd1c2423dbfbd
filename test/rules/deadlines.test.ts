import fc from "fast-check";
import {
  expirationDate,
  expiresAt,
  redeemableUntil,
  refundableUntil,
  regainableUntil,
} from "../../src/rules/deadlines";
import { DAY_MS, redeemBlocker, refundBlocker, regainBlocker } from "../../src/rules/entitlement-rules";
import { aPolicy, aStanding, anyNow, anyPeriods, anyStanding, daysAgo, NOW } from "./standings";

const QUESTIONS = [
  ["redeemed", redeemableUntil, redeemBlocker],
  ["regained", regainableUntil, regainBlocker],
  ["refunded", refundableUntil, refundBlocker],
] as const;

test.each(QUESTIONS)(
  "an entitlement can be %s up to the last instant before its deadline, and not at it",
  (_, deadlineOf, blockerOf) => {
    let found = 0;
    fc.assert(
      fc.property(anyStanding, anyPeriods, anyNow, (standing, periods, now) => {
        const deadline = deadlineOf(standing, periods, now);
        expect(deadline === null).toBe(blockerOf(standing, periods, now) !== null);
        if (deadline === null) return;
        found += 1;
        expect(deadline.getTime()).toBeGreaterThan(now.getTime());
        expect(blockerOf(standing, periods, new Date(deadline.getTime() - 1))).toBeNull();
        expect(blockerOf(standing, periods, deadline)).not.toBeNull();
      }),
      { numRuns: 6000 },
    );
    expect(found).toBeGreaterThan(50);
  },
);

test("a deadline that no client could read is none", () => {
  const periods = aPolicy({ expirationMs: 9e14, refundMs: 9e14 });
  const standing = aStanding({ createdAt: daysAgo(1) });
  expect(redeemableUntil(standing, periods, NOW)).toBeNull();
  expect(refundableUntil(standing, periods, NOW)).toBeNull();
});

test("the last deadline that a client can read is the last millisecond of the year 9999", () => {
  const first = Date.UTC(10_000, 0) - DAY_MS;
  const at = (ms: number) => {
    const periods = aPolicy({ expirationMs: DAY_MS });
    return redeemableUntil(aStanding({ createdAt: new Date(ms) }), periods, new Date(ms));
  };
  expect(at(first - 1)).toEqual(new Date("9999-12-31T23:59:59.999Z"));
  expect(at(first)).toBeNull();
});

const redemption = { enrolledAt: NOW, redeemedAt: NOW, startsAt: null, certificateStatus: null };

test("an entitlement expires at the end of its expiration period, or of its regain period once it is redeemed", () => {
  const periods = aPolicy({ expirationMs: 60 * DAY_MS, regainMs: 14 * DAY_MS });
  expect(expiresAt(aStanding(), periods)).toEqual(daysAgo(-60));
  expect(expiresAt(aStanding({ redemption }), periods)).toEqual(daysAgo(-15));
  const short = aPolicy({ expirationMs: 10 * DAY_MS, regainMs: 14 * DAY_MS });
  expect(expiresAt(aStanding({ redemption }), short)).toEqual(daysAgo(-10));
  expect(expiresAt(aStanding({ expiredAt: daysAgo(-1) }), periods)).toBeNull();
});

test("the date of expiration is told once fewer days are left than the alert has, counted in whole days", () => {
  const told = (days: number) =>
    expirationDate(aStanding(), aPolicy({ expirationMs: days * DAY_MS }), NOW, 30);
  expect(told(30)).toBeNull();
  expect(told(29)).toBe("2024-03-30");
  expect(told(0)).toBe("2024-03-01");
});
