import { ConfigError } from "../../config";

/** The least age, in days: younger entries are those that support still works with. */
const DAYS_AT_LEAST = 30;

const UNITS: Readonly<Record<string, { unit: string; days: number }>> = {
  d: { unit: "days", days: 1 },
  mo: { unit: "months", days: 28 },
  y: { unit: "years", days: 365 },
};

/** An age such as 90d, 18mo or 7y as an interval of PostgreSQL. Throws ConfigError for any other text, and for less than 30 days. */
export function intervalOf(age: string): string {
  const [, count, letters = ""] = /^([1-9]\d{0,2})(d|mo|y)$/.exec(age) ?? [];
  const found = UNITS[letters];
  if (!found) throw new ConfigError("--older-than: takes an age, such as 90d, 18mo or 7y");
  if (Number(count) * found.days < DAYS_AT_LEAST)
    throw new ConfigError(`--older-than: takes at least ${DAYS_AT_LEAST} days, or 2 months`);
  return `${count} ${found.unit}`;
}
