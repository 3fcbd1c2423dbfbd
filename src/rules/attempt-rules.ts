/** How long an attempt owns its row, as a multiple of the deadline of a call. */
const LEASE_IN_DEADLINES = 2;

/**
 * Pauses between attempts, as multiples of the deadline of a call: 1 s, 5 s, 15 s, 1 min, then 5 min for a deadline of
 * 5 s.
 */
const PAUSES_IN_DEADLINES = [0.2, 1, 3, 12, 60] as const;

/** The age at which automatic attempts end, in milliseconds: shops forget idempotency keys after a day. */
export const ATTEMPTS_END_MS = 23 * 3_600_000;

/** How long an attempt owns its row, in milliseconds: for its call, and for recording the outcome. */
export function leaseMs(deadlineMs: number): number {
  return LEASE_IN_DEADLINES * deadlineMs;
}

/** The pause before the attempt after this one, in milliseconds; `chance` from 0 to 1 spreads it by a fifth. */
export function pauseAfter(attempt: number, deadlineMs: number, chance: number): number {
  const pause = PAUSES_IN_DEADLINES[Math.min(attempt, PAUSES_IN_DEADLINES.length) - 1]!;
  return Math.round(pause * deadlineMs * (0.9 + 0.2 * chance));
}
