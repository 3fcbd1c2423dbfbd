import type { App } from "../app";
import { describe } from "../log";
import { connectionFault } from "../store/connection-fault";
import { isUnavailable } from "../store/unavailable";

const REPEATED_AFTER_MS = 60_000;

/** Logs what background work failed of. `task` is the name of the task. */
export type LogFailure = (error: unknown, task: string) => void;

/**
 * Makes the log of a process. While PostgreSQL is away every task fails again and again, at its interval: one line a
 * minute says so for all of them. Any other failure is logged each time, with all that is known of it.
 */
export function failureLog({ log }: Pick<App, "log">): LogFailure {
  let outageLoggedAt = -Infinity;
  return (error, task) => {
    if (!isUnavailable(error)) return log.error({ error: describe(error), task }, "background work failed");
    if (performance.now() - outageLoggedAt < REPEATED_AFTER_MS) return;
    outageLoggedAt = performance.now();
    log.warn({ reason: connectionFault(error) }, "background work waits for PostgreSQL");
  };
}
