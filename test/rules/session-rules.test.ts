import fc from "fast-check";
import { regainBlocker, redeemBlocker, type Standing } from "../../src/rules/entitlement-rules";
import { runBlocker, type OfferedRun } from "../../src/rules/run-rules";
import {
  isUpgradeable,
  moveBlocker,
  seatBlocker,
  sessionBlocker,
  type Choosing,
  type MoveOverride,
  type Seat,
} from "../../src/rules/session-rules";
import { aRun, aSeat } from "./runs";
import { anyNow, anyPeriods, anyStanding, aPolicy, aStanding, daysAgo, NOW } from "./standings";

const FREE = ["audit", "honor"];
const choosing = (given: Partial<Choosing> = {}): Choosing => ({
  id: "this",
  mode: "verified",
  standing: aStanding(),
  periods: aPolicy(),
  freeModes: FREE,
  currentRunKey: null,
  ...given,
});
const closed = { enrollmentEndsAt: daysAgo(1) };
const by = (id: string, isPending = false) => ({ redeemedBy: [{ id, isPending }] });
const RUN = "course-v1:DemoX+T101+1";
/** The reason why this run cannot be chosen; it is the current session where the entitlement is redeemed for it. */
const blockerOf = (given: Partial<Choosing>, run: OfferedRun | null, seat: Seat | null, now = NOW) => {
  const isCurrent = seat?.isActive && seat.redeemedBy.some(({ id }) => id === "this");
  return sessionBlocker(choosing({ ...given, currentRunKey: isCurrent ? RUN : null }), RUN, run, seat, now);
};
const redeemed = aStanding({
  redemption: { enrolledAt: NOW, redeemedAt: NOW, startsAt: NOW, certificateStatus: null },
});
const late = aStanding({
  createdAt: daysAgo(100),
  redemption: {
    enrolledAt: daysAgo(90),
    redeemedAt: daysAgo(90),
    startsAt: daysAgo(90),
    certificateStatus: null,
  },
});

test("no session can be chosen while the LMS has not confirmed the last choice", () => {
  const pending = { standing: aStanding({ isEnrollmentPending: true }) };
  expect(blockerOf(pending, aRun(), null)).toBe("PENDING_ENROLLMENT");
  expect(blockerOf(pending, aRun(), aSeat(by("this")))).toBe("PENDING_ENROLLMENT"); // nor the same one again
});

describe("an agent moves a learner to another run", () => {
  const expired = (cause: Standing["expiryCause"], from = redeemed) => ({
    ...from,
    expiredAt: NOW,
    expiryCause: cause,
  });
  const certified = aStanding({
    redemption: { enrolledAt: NOW, redeemedAt: NOW, startsAt: NOW, certificateStatus: "downloadable" },
  });
  test.each<[string, Standing, readonly MoveOverride[], ReturnType<typeof moveBlocker>]>([
    ["while the learner could switch", redeemed, [], null],
    ["when it is not redeemed and could be", aStanding(), [], null],
    ["not when it is not redeemed and has expired", aStanding({ expiredAt: NOW }), [], "EXPIRED"],
    ["not after the regain period", late, [], "REGAIN_PERIOD_OVER"],
    ["after the regain period, where the agent overrides that", late, ["REGAIN_PERIOD_OVER"], null],
    [
      "not after the regain period, where the agent overrides something else",
      late,
      ["COURSE_FULL"],
      "REGAIN_PERIOD_OVER",
    ],
    [
      "after the expiry that followed, where the agent overrides that",
      expired("LAPSED", late),
      ["REGAIN_PERIOD_OVER"],
      null,
    ],
    ["not after an expiry by an agent", expired("SUPPORT"), ["REGAIN_PERIOD_OVER"], "EXPIRED"],
    ["not after a refund", expired("REFUNDED"), ["REGAIN_PERIOD_OVER"], "EXPIRED"],
    ["not after an expiry without a cause", expired(null), ["REGAIN_PERIOD_OVER"], "EXPIRED"],
    ["not when the learner has a certificate", certified, ["REGAIN_PERIOD_OVER"], "CERTIFICATE_EARNED"],
  ])("%s", (_, standing, overridden, blocker) => {
    expect(moveBlocker(standing, aPolicy(), overridden, NOW)).toBe(blocker);
  });
});

describe("an enrollment may be taken over", () => {
  test.each([
    ["when the learner has no enrollment", null, null],
    ["when it is free", aSeat({ mode: "audit" }), null],
    ["when its mode is an older name of a free mode", aSeat({ mode: "honor" }), null],
    ["when this entitlement is redeemed for it", aSeat(by("this")), null],
    ["when the learner has left it, in whatever mode", aSeat({ isActive: false, mode: "masters" }), null],
    ["not when it is in the same mode and was bought by other means", aSeat(), "ALREADY_ENROLLED"],
    ...["masters", "credit", "unpaid-executive-education", "no-such-mode"].map(
      (mode) =>
        [
          `not when it is in the mode ${mode}, whatever a run asks for it`,
          aSeat({ mode }),
          "ALREADY_ENROLLED",
        ] as const,
    ),
    [
      "not when another entitlement is redeemed for it, even if it is free",
      aSeat({ mode: "audit", ...by("other") }),
      "ALREADY_ENROLLED",
    ],
    [
      "when another entitlement was redeemed for it and the learner has left the run",
      aSeat({ isActive: false, ...by("other") }),
      null,
    ],
    [
      "not while a refund of that other entitlement is pending",
      aSeat({ isActive: false, ...by("other", true) }),
      "ALREADY_ENROLLED",
    ],
  ] as const)("%s", (_, seat, blocker) => {
    expect(seatBlocker(choosing(), seat)).toBe(blocker);
  });
});

describe("the sessions that a learner can choose:", () => {
  test.each([
    ["the current session, whatever has changed in its run", redeemed, null, aSeat(by("this")), null],
    ["the current session, although enrollment is closed", redeemed, aRun(closed), aSeat(by("this")), null],
    ["the current session after the regain period", late, aRun(), aSeat(by("this")), null],
    ["no other run after the regain period", late, aRun(), null, "REGAIN_PERIOD_OVER"],
    ["another run within the regain period", redeemed, aRun(), null, null],
    [
      "no run in which the learner is enrolled in the same mode by other means",
      aStanding(),
      aRun(),
      aSeat(),
      "ALREADY_ENROLLED",
    ],
    ["a run in which the learner has a free enrollment", aStanding(), aRun(), aSeat({ mode: "audit" }), null],
    ["a run that the learner has left", aStanding(), aRun(), aSeat({ isActive: false }), null],
    [
      "no run that is not available for the entitlement",
      aStanding(),
      aRun(closed),
      null,
      "ENROLLMENT_CLOSED",
    ],
    [
      "no run that the learner has left, after enrollment has closed",
      aStanding(),
      aRun(closed),
      aSeat({ isActive: false, ...by("this") }),
      "ENROLLMENT_CLOSED",
    ],
    ["no run after the entitlement has expired", aStanding({ expiredAt: NOW }), aRun(), null, "EXPIRED"],
    [
      "no run when the entitlement is too old",
      aStanding({ createdAt: daysAgo(730) }),
      aRun(),
      null,
      "EXPIRATION_PERIOD_OVER",
    ],
    [
      "no run while a refund is pending",
      aStanding({ refundState: "IN_DOUBT" }),
      aRun(),
      null,
      "REFUND_PENDING",
    ],
    [
      "not even the current one while a refund is pending",
      { ...redeemed, refundState: "REQUESTED" as const },
      aRun(),
      aSeat(by("this")),
      "REFUND_PENDING",
    ],
  ] as const)("%s", (_, standing, run, seat, blocker) => {
    expect(blockerOf({ standing }, run, seat)).toBe(blocker);
  });

  test.each([
    ["downloadable", false],
    ["generating", false],
    ["unavailable", false],
    ["notpassing", true],
    [null, true],
  ])(
    "a free enrollment with the certificate %s is upgraded unasked: %s, and can be chosen all the same",
    (certificateStatus, isUpgraded) => {
      const seat = aSeat({ mode: "audit", certificateStatus });
      expect(isUpgradeable(choosing(), RUN, aRun(), seat, NOW)).toBe(isUpgraded);
      expect(blockerOf({}, aRun(), seat)).toBeNull();
    },
  );

  test("an inactive enrollment cannot be upgraded", () => {
    expect(isUpgradeable(choosing(), RUN, aRun(), null, NOW)).toBe(false);
    expect(isUpgradeable(choosing(), RUN, aRun(), aSeat({ isActive: false, mode: "audit" }), NOW)).toBe(
      false,
    );
    expect(isUpgradeable(choosing(), RUN, aRun(), aSeat({ mode: "audit" }), NOW)).toBe(true);
    expect(isUpgradeable(choosing(), RUN, aRun(), aSeat({ mode: "credit" }), NOW)).toBe(false);
  });
});

test("for any entitlement, run and enrollment, a blocker of one of them blocks the session", () => {
  const anySeat = fc.option(
    fc.record({
      isActive: fc.boolean(),
      mode: fc.constantFrom("verified", "audit", "masters"),
      redeemedBy: fc.array(fc.record({ id: fc.constantFrom("this", "other"), isPending: fc.boolean() }), {
        maxLength: 2,
      }),
      certificateStatus: fc.constantFrom(null, "downloadable"),
    }),
  );
  const anyRun = fc.constantFrom(aRun(), aRun(closed), aRun({ modes: [] }), null);
  fc.assert(
    fc.property(anyStanding, anyPeriods, anyRun, anySeat, anyNow, (standing, periods, run, seat, now) => {
      const entitlement = choosing({ standing, periods });
      if (blockerOf(entitlement, run, seat, now) !== null) return;
      const isOwn = seat?.isActive && seat.redeemedBy.some(({ id }) => id === "this");
      if (isOwn) return;
      expect(seatBlocker(entitlement, seat)).toBeNull();
      expect(runBlocker(run, "verified", seat, now)).toBeNull();
      expect((standing.redemption ? regainBlocker : redeemBlocker)(standing, periods, now)).toBeNull();
    }),
  );
});
