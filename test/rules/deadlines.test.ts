import fc from "fast-check";
import { redeemableUntil, refundableUntil, regainableUntil } from "../../src/rules/deadlines";
import { redeemBlocker, refundBlocker, regainBlocker } from "../../src/rules/entitlement-rules";
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
