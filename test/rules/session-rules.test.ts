import fc from "fast-check";
import { regainBlocker, redeemBlocker } from "../../src/rules/entitlement-rules";
import { runBlocker, type OfferedRun } from "../../src/rules/run-rules";
import {
  isUpgradeable,
  seatBlocker,
  sessionBlocker,
  type Choosing,
  type Seat,
} from "../../src/rules/session-rules";
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
const aRun = (given: Partial<OfferedRun> = {}): OfferedRun => ({
  startsAt: daysAgo(10),
  enrollmentStartsAt: null,
  enrollmentEndsAt: null,
  maxEnrollments: null,
  activeEnrollments: 0,
  modes: [{ slug: "verified", minPrice: 100, expiresAt: null }],
  ...given,
});
const closed = { enrollmentEndsAt: daysAgo(1) };
const aSeat = (given: Partial<Seat> = {}): Seat => ({
  isActive: true,
  mode: "verified",
  redeemedBy: [],
  ...given,
});
const by = (id: string, isRefundPending = false) => ({ redeemedBy: [{ id, isRefundPending }] });
const RUN = "course-v1:DemoX+T101+1";
/** Why this run cannot be chosen; it is the current one where the learner takes it through this entitlement. */
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

describe("an enrollment may be taken over", () => {
  test.each([
    ["when there is none", null, null],
    ["when it is free", aSeat({ mode: "audit" }), null],
    ["when it is free by an older name", aSeat({ mode: "honor" }), null],
    ["when it is this entitlement's own", aSeat(by("this")), null],
    ["when the learner has left it, in whatever mode", aSeat({ isActive: false, mode: "masters" }), null],
    ["not when it is in the same mode, bought by other means", aSeat(), "ALREADY_ENROLLED"],
    ...["masters", "credit", "unpaid-executive-education", "no-such-mode"].map(
      (mode) =>
        [
          `not when it is in the mode ${mode}, whatever a run asks for it`,
          aSeat({ mode }),
          "ALREADY_ENROLLED",
        ] as const,
    ),
    [
      "not when another entitlement is redeemed for it, though free",
      aSeat({ mode: "audit", ...by("other") }),
      "ALREADY_ENROLLED",
    ],
    [
      "when another entitlement was redeemed for it and the learner has left",
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

describe("a learner can choose a session", () => {
  test.each([
    ["the current one, whatever became of the run", redeemed, null, aSeat(by("this")), null],
    ["the current one, though enrollment is closed", redeemed, aRun(closed), aSeat(by("this")), null],
    ["the current one after the regain period", late, aRun(), aSeat(by("this")), null],
    ["not another one after the regain period", late, aRun(), null, "REGAIN_PERIOD_OVER"],
    ["another one within the regain period", redeemed, aRun(), null, null],
    ["not one they hold in the same mode by other means", aStanding(), aRun(), aSeat(), "ALREADY_ENROLLED"],
    ["one they hold for free", aStanding(), aRun(), aSeat({ mode: "audit" }), null],
    ["one they have left", aStanding(), aRun(), aSeat({ isActive: false }), null],
    ["not one that cannot fulfill the entitlement", aStanding(), aRun(closed), null, "ENROLLMENT_CLOSED"],
    [
      "not the one they have left, once closed",
      aStanding(),
      aRun(closed),
      aSeat({ isActive: false, ...by("this") }),
      "ENROLLMENT_CLOSED",
    ],
    ["none once the entitlement has expired", aStanding({ expiredAt: NOW }), aRun(), null, "EXPIRED"],
    [
      "none of an entitlement that is too old",
      aStanding({ createdAt: daysAgo(730) }),
      aRun(),
      null,
      "EXPIRATION_PERIOD_OVER",
    ],
    [
      "none while a refund is pending",
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

  test("a run in which the learner is not yet active is nothing to upgrade", () => {
    expect(isUpgradeable(choosing(), RUN, aRun(), null, NOW)).toBe(false);
    expect(isUpgradeable(choosing(), RUN, aRun(), aSeat({ isActive: false, mode: "audit" }), NOW)).toBe(
      false,
    );
    expect(isUpgradeable(choosing(), RUN, aRun(), aSeat({ mode: "audit" }), NOW)).toBe(true);
    expect(isUpgradeable(choosing(), RUN, aRun(), aSeat({ mode: "credit" }), NOW)).toBe(false);
  });
});

test("for any entitlement, run and enrollment, whatever forbids one of them forbids the session", () => {
  const anySeat = fc.option(
    fc.record({
      isActive: fc.boolean(),
      mode: fc.constantFrom("verified", "audit", "masters"),
      redeemedBy: fc.array(
        fc.record({ id: fc.constantFrom("this", "other"), isRefundPending: fc.boolean() }),
        { maxLength: 2 },
      ),
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
