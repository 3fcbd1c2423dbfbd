import type { App } from "../app";
import { describe } from "../log";
import { connectionFault } from "../store/connection/connection-fault";
import { isUnavailable } from "../store/unavailable";

/** What background work tells the log of a process. */
export interface WorkLog {
  /** A task of this name has failed. */
  failed(error: unknown, task: string): void;
  /** A task has been done, so that PostgreSQL may be back. */
  done(): Promise<void>;
}

/**
 * Makes the log of a process. While PostgreSQL is away every task fails again and again, at its interval: one line says
 * so for all of them, and another one that it is back. Any other failure is logged each time, with all that is known.
 */
export function workLog({ log, db }: Pick<App, "log" | "db">): WorkLog {
  let awaySince: number | null = null;
  return {
    failed(error, task) {
      if (!isUnavailable(error)) return log.error({ error: describe(error), task }, "background work failed");
      if (awaySince !== null) return;
      awaySince = performance.now();
      log.warn({ reason: connectionFault(error) }, "background work is waiting for PostgreSQL");
    },
    async done() {
      if (awaySince === null) return;
      const isBack = await db.query("select 1").then(
        () => true, // some tasks are done without asking it
        () => false,
      );
      if (!isBack || awaySince === null) return;
      const seconds = Math.round((performance.now() - awaySince) / 1_000);
      awaySince = null;
      log.info({ seconds }, "PostgreSQL answers again; background work continues");
    },
  };
}
