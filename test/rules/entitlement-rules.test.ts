import fc from "fast-check";
import {
  DAY_MS,
  daysSinceCreated,
  daysUntilExpiration,
  isExpiryDue,
  redeemBlocker,
  refundBlocker,
  regainBlocker,
  storedOrderNumber,
  wholeDays,
} from "../../src/rules/entitlement-rules";
import { entitlementState, isExpired } from "../../src/rules/entitlement-state";
import { expirationDate, expiresAt } from "../../src/rules/deadlines";
import { aPolicy, aStanding, anyNow, anyPeriods, anyStanding, daysAgo, NOW } from "./standings";

const HOUR_MS = 3_600_000;

describe("whole days round toward minus infinity", () => {
  test.each([
    ["no time is day 0", 0, 0],
    ["1 ms is day 0", 1, 0],
    ["a day less 1 ms is day 0", DAY_MS - 1, 0],
    ["exactly a day is day 1", DAY_MS, 1],
    ["1 ms before is day -1", -1, -1],
    ["exactly a day before is day -1", -DAY_MS, -1],
    ["a day and a second before is day -2", -DAY_MS - 1000, -2],
  ])("%s", (_, ms, days) => {
    expect(wholeDays(daysAgo(0), new Date(NOW.getTime() + ms))).toBe(days);
  });

  test("a day has 86,400 s across a change to summer time", () => {
    const before = new Date("2024-03-31T00:30:00.000+01:00");
    expect(wholeDays(before, new Date("2024-04-01T00:29:59.999+02:00"))).toBe(0);
    expect(wholeDays(before, new Date("2024-04-01T01:30:00.000+02:00"))).toBe(1);
  });
});

test("while the LMS has not said whether it enrolls the learner, nothing else can be done", () => {
  const redemption = { enrolledAt: NOW, redeemedAt: NOW, startsAt: null, certificateStatus: null };
  for (const standing of [{}, { redemption }]) {
    const pending = aStanding({ isEnrollmentPending: true, ...standing });
    for (const blocker of [redeemBlocker, regainBlocker, refundBlocker])
      expect(blocker(pending, aPolicy(), NOW)).toBe("PENDING_ENROLLMENT");
  }
});

describe("an entitlement that is not redeemed, by its age", () => {
  test.each([
    // age, days since created, days left, expires, redeemable, refundable
    ["exactly 0", 0, 0, 0, 730, false, null, null],
    ["1 ms", 0, 1, 0, 729, false, null, null],
    ["60 days", 60, 0, 60, 670, false, null, null],
    ["61 days less 1 ms", 61, -1, 60, 669, false, null, null],
    ["61 days", 61, 0, 61, 669, false, null, "REFUND_PERIOD_OVER"],
    ["729 days", 729, 0, 729, 1, false, null, "REFUND_PERIOD_OVER"],
    ["730 days less 1 ms", 730, -1, 729, 0, false, null, "REFUND_PERIOD_OVER"],
    ["exactly 730 days", 730, 0, 730, 0, false, "EXPIRATION_PERIOD_OVER", "REFUND_PERIOD_OVER"],
    ["730 days and 1 ms", 730, 1, 730, -1, true, "EXPIRATION_PERIOD_OVER", "REFUND_PERIOD_OVER"],
  ] as const)("%s", (_, days, plusMs, since, left, isDue, redeem, refund) => {
    const standing = aStanding({ createdAt: daysAgo(days, plusMs) });
    expect(daysSinceCreated(standing, NOW)).toBe(since);
    expect(daysUntilExpiration(standing, aPolicy(), NOW)).toBe(left);
    expect(isExpiryDue(standing, aPolicy(), NOW)).toBe(isDue);
    expect(redeemBlocker(standing, aPolicy(), NOW)).toBe(redeem);
    expect(refundBlocker(standing, aPolicy(), NOW)).toBe(refund);
    expect(regainBlocker(standing, aPolicy(), NOW)).toBe("NOT_REDEEMED");
  });

  test("an entitlement that was created in the future is on day -1, redeemable and refundable", () => {
    const standing = aStanding({ createdAt: daysAgo(0, -1) });
    expect(daysSinceCreated(standing, NOW)).toBe(-1);
    expect(redeemBlocker(standing, aPolicy(), NOW)).toBeNull();
    expect(refundBlocker(standing, aPolicy(), NOW)).toBeNull();
  });
});

describe("a renewed entitlement", () => {
  test.each([
    ["has its whole expiration period again", 800, 0, 730, null],
    ["expires at the end of that period", 1600, 730, 0, "EXPIRATION_PERIOD_OVER"],
    ["never has less time than without a renewal", 10, 20, 720, null],
  ] as const)("%s", (_, created, renewed, left, redeem) => {
    const standing = aStanding({ createdAt: daysAgo(created), renewedAt: daysAgo(renewed) });
    expect(daysUntilExpiration(standing, aPolicy(), NOW)).toBe(left);
    expect(redeemBlocker(standing, aPolicy(), NOW)).toBe(redeem);
    expect(isExpiryDue(standing, aPolicy(), NOW)).toBe(false);
    expect(isExpiryDue(standing, aPolicy(), daysAgo(-left, -1))).toBe(true);
    expect(expiresAt(standing, aPolicy())).toEqual(daysAgo(-left));
  });

  test("keeps its age, its refund period and its regain period", () => {
    const renewed = { ...spent(61, 16, 16), renewedAt: daysAgo(0) };
    expect(daysSinceCreated(renewed, NOW)).toBe(61);
    expect(refundBlocker(renewed, aPolicy(), NOW)).toBe("REFUND_PERIOD_OVER");
    expect(regainBlocker(renewed, aPolicy(), NOW)).toBe("REGAIN_PERIOD_OVER");
  });
});

/** Redeemed for a run; the three instants in days before now. */
const spent = (createdDays: number, enrolledDays: number | null, startedDays: number | null, plusMs = 0) =>
  aStanding({
    createdAt: daysAgo(createdDays, plusMs),
    redemption: {
      enrolledAt: enrolledDays === null ? null : daysAgo(enrolledDays, plusMs),
      redeemedAt: null,
      startsAt: startedDays === null ? null : daysAgo(startedDays, plusMs),
      certificateStatus: null,
    },
  });

describe("a redeemed entitlement counts from the latest of creation, enrollment and run start", () => {
  test.each([
    ["all of them now", spent(0, 0, 0), 14],
    ["all 14 days ago", spent(14, 14, 14), 0],
    ["all 15 days less 1 ms ago", spent(15, 15, 15, -1), 0],
    ["all 15 days ago", spent(15, 15, 15), -1],
    ["created 30, enrolled 20 days ago, starts in 10 days", spent(30, 20, -10), 24],
    ["created 30, enrolled 20 days ago, starts in 1 day", spent(30, 20, -1), 15],
    ["created 30, enrolled 20 days ago, starts now", spent(30, 20, 0), 14],
    ["created 30, enrolled 20, started 15 days ago", spent(30, 20, 15), -1],
    ["created 30, enrolled 20, started 25 days ago", spent(30, 20, 25), -6],
    ["created 731 days ago, enrolled and started now", spent(731, 0, 0), -1],
    ["created now, an old enrollment taken over", spent(0, 20, 20), 14],
    ["created 720 days ago, enrolled and started now", spent(720, 0, 0), 10],
    ["the run's start is unknown", spent(30, 4, null), 10],
    ["the enrollment's date is unknown", spent(30, null, 4), 10],
    ["neither is known", spent(4, null, null), 10],
  ])("%s", (_, standing, left) => {
    expect(daysUntilExpiration(standing, aPolicy(), NOW)).toBe(left);
    expect(regainBlocker(standing, aPolicy(), NOW)).toBe(left < 0 ? "REGAIN_PERIOD_OVER" : null);
    expect(refundBlocker(standing, aPolicy(), NOW) === "REGAIN_PERIOD_OVER").toBe(
      left < 0 && standing.createdAt >= daysAgo(60),
    );
    expect(isExpiryDue(standing, aPolicy(), NOW)).toBe(left < 0);
    expect(redeemBlocker(standing, aPolicy(), NOW)).toBe("ALREADY_REDEEMED");
  });

  test("a redeemed entitlement counts from its latest redemption for a run that the learner had left before", () => {
    const returned = spent(30, 20, 20);
    returned.redemption!.redeemedAt = daysAgo(3);
    expect(daysUntilExpiration(returned, aPolicy(), NOW)).toBe(11);
  });

  test("after the refund period, a redeemed entitlement can be regained but not refunded", () => {
    const standing = spent(70, 1, 1);
    expect(regainBlocker(standing, aPolicy(), NOW)).toBeNull();
    expect(refundBlocker(standing, aPolicy(), NOW)).toBe("REFUND_PERIOD_OVER");
  });

  test.each(["downloadable", "generating", "unavailable"])(
    "a certificate that is %s makes a redemption final",
    (status) => {
      const standing = spent(0, 0, 0);
      standing.redemption!.certificateStatus = status;
      expect(regainBlocker(standing, aPolicy(), NOW)).toBe("CERTIFICATE_EARNED");
      expect(refundBlocker(standing, aPolicy(), NOW)).toBe("CERTIFICATE_EARNED");
      expect(isExpiryDue(standing, aPolicy(), NOW)).toBe(true);
    },
  );

  test.each([
    "deleted",
    "deleting",
    "error",
    "notpassing",
    "restricted",
    "auditing",
    "audit_passing",
    "audit_notpassing",
    "honor_passing",
    "unverified",
    "invalidated",
    "requesting",
    "unheard-of",
    "",
  ])("a certificate that is '%s' does not make a redemption final", (status) => {
    const standing = spent(0, 0, 0);
    standing.redemption!.certificateStatus = status;
    expect(regainBlocker(standing, aPolicy(), NOW)).toBeNull();
    expect(isExpiryDue(standing, aPolicy(), NOW)).toBe(false);
  });
});

describe("the blocker is the first reason in the order of the checks", () => {
  const worn = spent(61, 61, 61);
  worn.redemption!.certificateStatus = "downloadable";
  test.each([
    [
      "the lock of refunds is the first",
      { ...worn, refundLocked: true, expiredAt: NOW, orderNumber: null },
      "REFUND_LOCKED",
    ],
    ["the expiry follows", { ...worn, expiredAt: NOW, orderNumber: null }, "EXPIRED"],
    ["the missing order follows", { ...worn, orderNumber: null }, "NO_ORDER"],
    ["the refund period follows", worn, "REFUND_PERIOD_OVER"],
    ["the certificate follows", { ...worn, createdAt: daysAgo(60) }, "CERTIFICATE_EARNED"],
    [
      "the regain period follows",
      { ...worn, createdAt: daysAgo(60), redemption: { ...worn.redemption!, certificateStatus: null } },
      "REGAIN_PERIOD_OVER",
    ],
    [
      "an entitlement that is not redeemed has no other blocker",
      { ...worn, createdAt: daysAgo(60), redemption: null },
      null,
    ],
  ] as const)("for a refund: %s", (_, standing, blocker) => {
    expect(refundBlocker(standing, aPolicy(), NOW)).toBe(blocker);
  });

  test("for leaving the run: the expiry, the missing redemption, the certificate, the period", () => {
    const blockers = [
      { ...worn, expiredAt: NOW, redemption: null },
      { ...worn, redemption: null },
      worn,
      { ...worn, redemption: { ...worn.redemption!, certificateStatus: null } },
    ].map((standing) => regainBlocker(standing, aPolicy(), NOW));
    expect(blockers).toEqual(["EXPIRED", "NOT_REDEEMED", "CERTIFICATE_EARNED", "REGAIN_PERIOD_OVER"]);
  });

  test("for a redemption: the expiry, the redemption, the period", () => {
    const lapsed = { ...spent(731, 0, 0), expiredAt: NOW };
    const blockers = [
      lapsed,
      { ...lapsed, expiredAt: null },
      { ...lapsed, expiredAt: null, redemption: null },
    ].map((standing) => redeemBlocker(standing, aPolicy(), NOW));
    expect(blockers).toEqual(["EXPIRED", "ALREADY_REDEEMED", "EXPIRATION_PERIOD_OVER"]);
  });
});

test.each(["REQUESTED", "IN_DOUBT", "NEEDS_REVIEW"] as const)(
  "while a refund is %s, every command on the entitlement is blocked, and its state does not change",
  (refundState) => {
    for (const unfrozen of [aStanding(), spent(1, 1, 1)]) {
      const standing = { ...unfrozen, refundState };
      for (const blocker of [redeemBlocker, regainBlocker, refundBlocker])
        expect(blocker(standing, aPolicy(), NOW)).toBe("REFUND_PENDING");
      expect(isExpiryDue(standing, aPolicy(), daysAgo(-5000))).toBe(false);
      expect(entitlementState(standing, aPolicy(), NOW)).toBe(entitlementState(unfrozen, aPolicy(), NOW));
    }
  },
);

test("a settled refund blocks no other command, and a refunded order is not refunded again", () => {
  const paidBack = aStanding({ refundState: "SUCCEEDED" });
  const refused = aStanding({ refundState: "FAILED" });
  for (const standing of [paidBack, refused]) expect(redeemBlocker(standing, aPolicy(), NOW)).toBeNull();
  expect(refundBlocker(paidBack, aPolicy(), NOW)).toBe("ALREADY_REFUNDED");
  expect(refundBlocker(refused, aPolicy(), NOW)).toBeNull();
  const ended = { expiredAt: NOW, refundLocked: true };
  expect(refundBlocker({ ...paidBack, ...ended }, aPolicy(), NOW)).toBe("ALREADY_REFUNDED");
  const imported = aStanding({ ...ended, expiryCause: "REFUNDED" });
  expect(refundBlocker(imported, aPolicy(), NOW)).toBe("ALREADY_REFUNDED");
});

test("a stored expiry in the future counts as expired, and is never due again", () => {
  const standing = aStanding({ expiredAt: daysAgo(-100) });
  expect(redeemBlocker(standing, aPolicy(), NOW)).toBe("EXPIRED");
  expect(refundBlocker(standing, aPolicy(), NOW)).toBe("EXPIRED");
  expect(isExpiryDue(standing, aPolicy(), NOW)).toBe(false);
  expect(expiresAt(standing, aPolicy())).toBeNull();
});

test("an order number of blanks is stored, and an empty one counts as no order number", () => {
  expect(refundBlocker(aStanding({ orderNumber: " " }), aPolicy(), NOW)).toBeNull();
  expect([" ", "", null].map(storedOrderNumber)).toEqual([" ", null, null]);
});

describe("a policy whose periods are not whole days", () => {
  test("with 12 hours makes an entitlement never redeemable, although it expires only after 12 hours", () => {
    const half = aPolicy({ expirationMs: 12 * HOUR_MS });
    expect(redeemBlocker(aStanding(), half, NOW)).toBe("EXPIRATION_PERIOD_OVER");
    expect(isExpiryDue(aStanding({ createdAt: daysAgo(0.5) }), half, NOW)).toBe(false);
    expect(isExpiryDue(aStanding({ createdAt: daysAgo(0.5, 1) }), half, NOW)).toBe(true);
  });

  test("with 36 hours makes an entitlement redeemable on its first day only", () => {
    const periods = aPolicy({ expirationMs: 36 * HOUR_MS });
    expect(redeemBlocker(aStanding({ createdAt: daysAgo(1, -1) }), periods, NOW)).toBeNull();
    expect(redeemBlocker(aStanding({ createdAt: daysAgo(1) }), periods, NOW)).toBe("EXPIRATION_PERIOD_OVER");
  });

  test.each([0, 12 * HOUR_MS])(
    "with a refund or regain period of %s ms includes the whole first day",
    (ms) => {
      const periods = aPolicy({ refundMs: ms, regainMs: ms });
      expect(refundBlocker(aStanding({ createdAt: daysAgo(1, -1) }), periods, NOW)).toBeNull();
      expect(refundBlocker(aStanding({ createdAt: daysAgo(1) }), periods, NOW)).toBe("REFUND_PERIOD_OVER");
      expect(regainBlocker(spent(1, 1, 1, -1), periods, NOW)).toBeNull();
      expect(regainBlocker(spent(1, 1, 1), periods, NOW)).toBe("REGAIN_PERIOD_OVER");
    },
  );
});

describe("the expiration date", () => {
  test.each([
    ["is hidden while 90 days are left", 640, 0, null],
    ["is shown from 89 days left on, and is a day early", 640, 1, "2024-05-29"],
    ["is shown when it is in the past", 731, 0, "2024-02-29"],
  ])("%s", (_, days, plusMs, date) => {
    expect(expirationDate(aStanding({ createdAt: daysAgo(days, plusMs) }), aPolicy(), NOW, 90)).toBe(date);
  });

  test("of a redeemed entitlement is the end of the regain period", () => {
    expect(expirationDate(spent(0, 0, 0), aPolicy(), NOW, 90)).toBe("2024-03-15");
  });
});

describe("the state", () => {
  const lapsed = aStanding({ createdAt: daysAgo(800) });
  test.each([
    ["unused", aStanding(), "AVAILABLE"],
    ["not redeemed and expired by its age, though the expiry is not yet stored", lapsed, "EXPIRED"],
    ["not redeemed and expired", aStanding({ expiredAt: NOW, expiryCause: "SUPPORT" }), "EXPIRED"],
    ["redeemed, within the regain period", spent(0, 0, 0), "FULFILLED_CHANGEABLE"],
    [
      "redeemed, after the regain period, though the expiry is not yet stored",
      spent(20, 20, 20),
      "FULFILLED",
    ],
    [
      "redeemed, with a stored expiry",
      { ...spent(20, 20, 20), expiredAt: NOW, expiryCause: "LAPSED" },
      "FULFILLED",
    ],
    ["refunded", aStanding({ expiredAt: NOW, expiryCause: "REFUNDED" }), "REFUNDED"],
    ["revoked", aStanding({ expiredAt: NOW, expiryCause: "REVOKED" }), "REVOKED"],
  ] as const)("%s", (_, standing, state) => {
    expect(entitlementState(standing, aPolicy(), NOW)).toBe(state);
  });
});

describe("for any entitlement, policy and instant", () => {
  const anyCase = [anyStanding, anyPeriods, anyNow] as const;
  const holds = (law: (...args: [...Parameters<typeof regainBlocker>]) => void) =>
    fc.assert(fc.property(...anyCase, law), { numRuns: 1000 });

  test("every rule has an answer", () => {
    holds((standing, periods, now) => {
      expect(Number.isInteger(daysUntilExpiration(standing, periods, now))).toBe(true);
      expect(expirationDate(standing, periods, now, 90) ?? "0000-00-00").toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(expiresAt(standing, periods)?.toISOString() ?? standing.expiredAt).toBeTruthy();
    });
  });

  test("a period that is over stays over while nothing else changes", () => {
    fc.assert(
      fc.property(...anyCase, fc.nat({ max: 200 * DAY_MS }), (standing, periods, now, ms) => {
        const later = new Date(now.getTime() + ms);
        const atBoth = <T>(ask: (standing_: typeof standing, periods_: typeof periods, at: Date) => T) =>
          [ask(standing, periods, now), ask(standing, periods, later)] as const;
        const over = (ask: typeof regainBlocker | typeof refundBlocker | typeof redeemBlocker) => {
          const [first, then] = atBoth(ask);
          if (first !== null) expect(then).not.toBeNull();
        };
        [regainBlocker, refundBlocker, redeemBlocker].forEach(over);
        const [isDue, isDueLater] = atBoth(isExpiryDue);
        if (isDue) expect(isDueLater).toBe(true);
        const [left, leftLater] = atBoth(daysUntilExpiration);
        expect(leftLater).toBeLessThanOrEqual(left);
        expect(daysSinceCreated(standing, later)).toBeGreaterThanOrEqual(daysSinceCreated(standing, now));
        const [shown, shownLater] = atBoth((...args) => expirationDate(...args, 90));
        if (shown) expect(shownLater).not.toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  test("the blockers agree with the expiry", () => {
    holds((standing, periods, now) => {
      const left = daysUntilExpiration(standing, periods, now);
      const isDue = isExpiryDue(standing, periods, now);
      const regain = regainBlocker(standing, periods, now);
      const redeem = redeemBlocker(standing, periods, now);
      const refund = refundBlocker(standing, periods, now);
      if (standing.expiredAt) {
        expect([isDue, regain, redeem]).toEqual([false, "EXPIRED", "EXPIRED"]);
        expect(refund).not.toBeNull();
      } else {
        expect(isDue).toBe(standing.redemption ? regain !== null : left < 0);
        expect(redeem !== "ALREADY_REDEEMED").toBe(standing.redemption === null);
      }
      if (redeem === null || regain === null) expect([isDue, left >= 0]).toEqual([false, true]);
      expect(redeem === null && regain === null).toBe(false);
      if (refund === null) expect(standing.redemption ? regain : null).toBeNull();
      if (standing.refundLocked) expect(["REFUND_LOCKED", "ALREADY_REFUNDED"]).toContain(refund);
    });
  });

  test("an entitlement expires by time exactly at expiresAt, not before", () => {
    holds((standing, periods, now) => {
      const end = expiresAt(standing, periods);
      if (end && now < end) expect(daysUntilExpiration(standing, periods, now)).toBeGreaterThanOrEqual(0);
      if (end && now > end) expect(isExpiryDue(standing, periods, now)).toBe(true);
    });
    // Random instants seldom lie near the end of a period, so these are chosen there.
    holds((standing, periods) => {
      const end = expiresAt(standing, periods)?.getTime();
      if (end === undefined) return;
      expect(daysUntilExpiration(standing, periods, new Date(end - 1))).toBeGreaterThanOrEqual(0);
      expect(isExpiryDue(standing, periods, new Date(end + 1))).toBe(true);
    });
  });

  test("the state agrees with the blockers", () => {
    holds((standing, periods, now) => {
      const state = entitlementState(standing, periods, now);
      const cause = standing.expiryCause;
      if (cause === "REFUNDED" || cause === "REVOKED") return expect(state).toBe(cause);
      expect(["AVAILABLE", "FULFILLED_CHANGEABLE", "FULFILLED", "EXPIRED"]).toContain(state);
      expect(state === "AVAILABLE").toBe(redeemBlocker(standing, periods, now) === null);
      expect(state === "FULFILLED_CHANGEABLE").toBe(regainBlocker(standing, periods, now) === null);
      expect(state.startsWith("FULFILLED")).toBe(standing.redemption !== null);
      const isOpen = state === "AVAILABLE" || state === "FULFILLED_CHANGEABLE";
      expect(isExpired(standing, periods, now)).toBe(!isOpen);
    });
  });
});
