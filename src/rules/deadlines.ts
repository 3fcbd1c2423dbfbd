import {
  DAY_MS,
  daysUntilExpiration,
  expirationEnd,
  periodDays,
  regainStart,
  type Periods,
  type Standing,
} from "./entitlement-rules";

/** The instant at which the entitlement will expire if nothing else happens; null once an expiry is stored. */
export function expiresAt(standing: Standing, periods: Periods): Date | null {
  if (standing.expiredAt) return null;
  const expiration = expirationEnd(standing, periods);
  if (!standing.redemption) return expiration;
  const regain = regainStart(standing).getTime() + (periodDays(periods.regainMs) + 1) * DAY_MS;
  return new Date(Math.min(expiration.getTime(), regain));
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
