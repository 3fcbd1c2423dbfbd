/** How long an attempt owns its row, in deadlines of a call. */
const LEASE = 2;

/** Pauses between attempts, in deadlines of a call: 1 s, 5 s, 15 s, 1 min, then 5 min for one of 5 s. */
const PAUSES = [0.2, 1, 3, 12, 60] as const;

/** After so long nothing is attempted by itself any more, in milliseconds: shops forget their keys after a day. */
export const ATTEMPTS_END_MS = 23 * 3_600_000;

/** How long an attempt owns its row, in milliseconds: for its call, and for recording what came of it. */
export function leaseMs(deadlineMs: number): number {
  return LEASE * deadlineMs;
}

/** The pause before the attempt after this one, in milliseconds; `chance` from 0 to 1 spreads it by a fifth. */
export function pauseAfter(attempt: number, deadlineMs: number, chance: number): number {
  const pause = PAUSES[Math.min(attempt, PAUSES.length) - 1]!;
  return Math.round(pause * deadlineMs * (0.9 + 0.2 * chance));
}
