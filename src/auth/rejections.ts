import type { Logger } from "pino";
import type { TokenFault } from "./verify-token";

const PAUSE_MS = 60_000;

/**
 * Logs that a token was refused, by the kind of its fault and never with a part of the token: each fault at most once a
 * minute, with the number of refusals since the last line. `clock` gives milliseconds and never goes back.
 */
export function rejectionLog(log: Logger, clock = () => performance.now()): (fault: TokenFault) => void {
  const seen = new Map<TokenFault, { loggedAt: number; count: number }>();
  return (fault) => {
    const { loggedAt, count } = seen.get(fault) ?? { loggedAt: -Infinity, count: 0 };
    const isDue = clock() - loggedAt >= PAUSE_MS;
    if (isDue) log.warn({ fault, count: count + 1 }, "a token was rejected");
    seen.set(fault, isDue ? { loggedAt: clock(), count: 0 } : { loggedAt, count: count + 1 });
  };
}
