import type { Logger } from "pino";
import { describe } from "../log";

let count = 0;

/** How many exceptions of this process no code has handled. */
export const unhandledFaults = (): number => count;

/**
 * Keeps the process alive when an exception reaches nobody, and tells the log. Node would end the process, and with it
 * all the other requests. It may go on, because nothing is shared between requests that an exception could leave half
 * changed: what is stored changes in transactions, which roll back when their connection is not used to their end.
 */
export function spreadLastNet(log: Logger): void {
  const tell = (error: unknown) => {
    count++;
    log.error({ error: describe(error) }, "unhandled");
  };
  process.on("uncaughtException", tell).on("unhandledRejection", tell);
}
