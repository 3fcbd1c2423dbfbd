import {
  DAY_MS,
  daysUntilExpiration,
  expirationEnd,
  expirationStart,
  periodDays,
  redeemBlocker,
  refundBlocker,
  regainBlocker,
  regainStart,
  type Periods,
  type Standing,
} from "./entitlement-rules";

/** The last instant that a client can read; what ends later has no deadline. */
export const LAST_MS = Date.UTC(10_000, 0) - 1;

/** The first instant at which the entitlement can no longer be redeemed; null when it cannot be redeemed now. */
export function redeemableUntil(standing: Standing, periods: Periods, now: Date): Date | null {
  if (redeemBlocker(standing, periods, now)) return null;
  return deadline(expirationStart(standing).getTime() + periodDays(periods.expirationMs) * DAY_MS);
}

/** The first instant at which the learner can no longer leave or change the run; null when the learner cannot now. */
export function regainableUntil(standing: Standing, periods: Periods, now: Date): Date | null {
  if (regainBlocker(standing, periods, now)) return null;
  // The end of the expiration period is included, to its last millisecond.
  return deadline(Math.min(expirationEnd(standing, periods).getTime() + 1, regainEndMs(standing, periods)));
}

/** The first instant at which the order can no longer be refunded; null when it cannot be refunded now. */
export function refundableUntil(standing: Standing, periods: Periods, now: Date): Date | null {
  if (refundBlocker(standing, periods, now)) return null;
  const endMs = standing.createdAt.getTime() + (periodDays(periods.refundMs) + 1) * DAY_MS;
  const regainable = standing.redemption && regainableUntil(standing, periods, now);
  return deadline(Math.min(endMs, regainable?.getTime() ?? Infinity));
}

function deadline(ms: number): Date | null {
  return ms <= LAST_MS ? new Date(ms) : null;
}

/** The first instant after the regain period, whose last day is included. */
function regainEndMs(standing: Standing, { regainMs }: Periods): number {
  return regainStart(standing).getTime() + (periodDays(regainMs) + 1) * DAY_MS;
}

/**
 * The instant at which the entitlement will expire if nothing else happens; null once an expiry is stored, and when it
 * would be after the year 9999.
 */
export function expiresAt(standing: Standing, periods: Periods): Date | null {
  if (standing.expiredAt) return null;
  const expirationMs = expirationEnd(standing, periods).getTime();
  return deadline(
    standing.redemption ? Math.min(expirationMs, regainEndMs(standing, periods)) : expirationMs,
  );
}

/**
 * The UTC date to show as the expiration date once fewer than `alertDays` days are left: now plus the whole days left,
 * which is usually the day before `expiresAt`, as in Open edX.
 */
export function expirationDate(
  standing: Standing,
  periods: Periods,
  now: Date,
  alertDays: number,
): string | null {
  const days = daysUntilExpiration(standing, periods, now);
  return days < alertDays ? new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10) : null;
}
