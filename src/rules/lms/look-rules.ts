/** What an event of the LMS says may have changed. */
export const LOOK_REASONS = ["ENROLLMENT", "CERTIFICATE", "ACCOUNT", "RUN"] as const;
/** One of `LOOK_REASONS`. */
export type LookReason = (typeof LOOK_REASONS)[number];

/**
 * How long no other hint must come before the LMS is asked, in milliseconds. The LMS sends events before it commits, and
 * three for one new enrollment. What it tells of a run it keeps for a minute.
 */
export const QUIET_MS: Readonly<Record<LookReason, number>> = {
  ENROLLMENT: 5_000,
  CERTIFICATE: 5_000,
  ACCOUNT: 5_000,
  RUN: 90_000,
};

/** However many hints follow each other, the LMS is asked after so many quiet times. */
export const QUIET_TIMES_AT_MOST = 6;

/** How many looks can be due. Beyond that, hints are refused until there is room. */
export const LOOKS_DUE_AT_MOST = 50_000;

/** The age at which a look is given up, in milliseconds: the sweeps have compared everything many times by then. */
export const LOOK_GIVEN_UP_MS = 7 * 86_400_000;

/** For how long an event that was heard of is kept, in milliseconds. */
export const EVENTS_KEPT_MS = 30 * 86_400_000;

const PAUSE_MS = 5_000;
const PAUSE_AT_MOST_MS = 3_600_000;

/** The pause after an attempt that has failed, in milliseconds: 5 s, doubled each time up to an hour; `chance` from 0 to 1 spreads it. */
export function lookPauseMs(attempt: number, chance: number): number {
  const pauseMs = Math.min(PAUSE_MS * 2 ** (attempt - 1), PAUSE_AT_MOST_MS);
  return Math.round(pauseMs * (0.9 + 0.1 * chance));
}

/** How long a look owns its row, in milliseconds: it takes several calls, each of which may take the deadline. */
export function lookLeaseMs(deadlineMs: number): number {
  return 24 * deadlineMs;
}
