import type { OfferedMode, OfferedRun } from "../../src/rules/run-rules";
import type { Seat } from "../../src/rules/session-rules";
import { daysAgo } from "./standings";

/** A run that started and is open for verified learners, but for the overrides. */
export const aRun = (overrides: Partial<OfferedRun> = {}): OfferedRun => ({
  startsAt: daysAgo(10),
  enrollmentStartsAt: daysAgo(20),
  enrollmentEndsAt: daysAgo(-20),
  maxEnrollments: null,
  activeEnrollments: 0,
  modes: [aMode()],
  ...overrides,
});

/** A mode in which a run is sold, but for the overrides. */
export const aMode = (overrides: Partial<OfferedMode> = {}): OfferedMode => ({
  slug: "verified",
  minPrice: 100,
  expiresAt: null,
  ...overrides,
});

/** An active enrollment in the verified mode, for which no entitlement is redeemed, but for the overrides. */
export const aSeat = (overrides: Partial<Seat> = {}): Seat => ({
  isActive: true,
  mode: "verified",
  redeemedBy: [],
  certificateStatus: null,
  ...overrides,
});
