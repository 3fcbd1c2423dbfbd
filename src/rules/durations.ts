import { DAY_MS } from "./entitlement-rules";

/** Writes milliseconds as an ISO 8601 duration of days and seconds. */
export function toDuration(ms: number): string {
  const days = Math.trunc(ms / DAY_MS);
  const seconds = (ms - days * DAY_MS) / 1000;
  return `P${days}D${seconds === 0 ? "" : `T${seconds}S`}`;
}
