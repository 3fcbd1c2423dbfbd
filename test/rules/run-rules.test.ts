import fc from "fast-check";
import { runBlocker, type OfferedRun, type RunEnrollment } from "../../src/rules/run-rules";
import { aMode, aRun } from "./runs";
import { anyNow, daysAgo, NOW } from "./standings";

const audit: RunEnrollment = { isActive: true, mode: "audit" };
const left: RunEnrollment = { isActive: false, mode: "verified" };
const closed = { enrollmentEndsAt: daysAgo(1) };
const upgradeOpen = { modes: [aMode({ expiresAt: daysAgo(-1) })] };

describe("a run is available for an entitlement", () => {
  test.each([
    ["F1: when it has started and enrollment is open", aRun(), null, null],
    ["F2: not when the catalog does not contain it", null, null, "RUN_UNKNOWN"],
    ["F3: not without a start date", aRun({ startsAt: null }), null, "NO_START_DATE"],
    ["F4: not after enrollment has closed", aRun(closed), null, "ENROLLMENT_CLOSED"],
    [
      "F5: not before enrollment opens",
      aRun({ enrollmentStartsAt: daysAgo(-2) }),
      null,
      "ENROLLMENT_NOT_OPEN",
    ],
    ["F6: for an enrolled learner while enrollment is open", aRun(), audit, null],
    [
      "F7, F9: for an enrolled learner after enrollment has closed, before the upgrade deadline",
      aRun({ ...closed, ...upgradeOpen }),
      audit,
      null,
    ],
    [
      "F8: not after the upgrade deadline",
      aRun({ modes: [aMode({ expiresAt: daysAgo(1) })] }),
      audit,
      "UPGRADE_DEADLINE_PASSED",
    ],
    [
      "not for a learner who has left it, after enrollment has closed",
      aRun(closed),
      left,
      "ENROLLMENT_CLOSED",
    ],
    [
      "not when it is not offered in the mode",
      aRun({ modes: [aMode({ slug: "no-id-professional" })] }),
      null,
      "MODE_NOT_OFFERED",
    ],
    ["not when the mode is free", aRun({ modes: [aMode({ minPrice: 0 })] }), null, "MODE_NOT_OFFERED"],
    ["not when it has no modes", aRun({ modes: [] }), null, "MODE_NOT_OFFERED"],
    [
      "when the mode is offered in at least one currency",
      aRun({ modes: [aMode({ expiresAt: daysAgo(1) }), aMode()] }),
      null,
      null,
    ],
    ["exactly at the upgrade deadline", aRun({ modes: [aMode({ expiresAt: NOW })] }), null, null],
    [
      "not 1 ms after the upgrade deadline",
      aRun({ modes: [aMode({ expiresAt: daysAgo(0, 1) })] }),
      null,
      "UPGRADE_DEADLINE_PASSED",
    ],
    ["not exactly when enrollment opens", aRun({ enrollmentStartsAt: NOW }), null, "ENROLLMENT_NOT_OPEN"],
    ["1 ms after enrollment has opened", aRun({ enrollmentStartsAt: daysAgo(0, 1) }), null, null],
    ["not exactly when enrollment closes", aRun({ enrollmentEndsAt: NOW }), null, "ENROLLMENT_CLOSED"],
    ["1 ms before enrollment closes", aRun({ enrollmentEndsAt: daysAgo(0, -1) }), null, null],
    [
      "without any dates of enrollment",
      aRun({ enrollmentStartsAt: null, enrollmentEndsAt: null }),
      null,
      null,
    ],
    ["not when it is full", aRun({ maxEnrollments: 2, activeEnrollments: 2 }), null, "COURSE_FULL"],
    ["when it has one place left", aRun({ maxEnrollments: 2, activeEnrollments: 1 }), null, null],
    [
      "when it is full, for a learner who is enrolled in it",
      aRun({ maxEnrollments: 2, activeEnrollments: 2 }),
      audit,
      null,
    ],
    ["before it starts", aRun({ startsAt: daysAgo(-30) }), null, null],
  ] as const)("%s", (_, run, enrollment, blocker) => {
    expect(runBlocker(run, "verified", enrollment, NOW)).toBe(blocker);
  });
});

describe("for any run, enrollment and instant", () => {
  const instant = fc.option(anyNow, { freq: 2 });
  const anyRun = fc.record<OfferedRun>({
    startsAt: instant,
    enrollmentStartsAt: instant,
    enrollmentEndsAt: instant,
    maxEnrollments: fc.option(fc.nat({ max: 2 })),
    activeEnrollments: fc.nat({ max: 2 }),
    modes: fc.array(
      fc.record({
        slug: fc.constantFrom("verified", "audit"),
        minPrice: fc.constantFrom(0, 100),
        expiresAt: instant,
      }),
      { maxLength: 3 },
    ),
  });
  test("an enrollment never makes a run unavailable, and only an enrolled learner can choose a closed run", () => {
    fc.assert(
      fc.property(anyRun, anyNow, (run, now) => {
        const asStranger = runBlocker(run, "verified", null, now);
        expect(runBlocker(run, "verified", left, now)).toBe(asStranger);
        if (asStranger === null) expect(runBlocker(run, "verified", audit, now)).toBeNull();
      }),
    );
  });

  test("a run that is closed for a learner without an enrollment stays closed, unless enrollment has not begun yet", () => {
    fc.assert(
      fc.property(anyRun, anyNow, fc.nat({ max: 10 ** 10 }), (run, now, ms) => {
        const first = runBlocker(run, "verified", null, now);
        if (first === null || first === "ENROLLMENT_NOT_OPEN") return;
        expect(runBlocker(run, "verified", null, new Date(now.getTime() + ms))).not.toBeNull();
      }),
    );
  });
});
