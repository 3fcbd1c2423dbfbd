import type { Logger } from "pino";
import { describe } from "../log";
import { isUnavailable } from "../store/unavailable";

/** Logs what has failed and is tried again: as a fault of ours, or, while the database is away, as a warning. */
export function logFailure(log: Logger, error: unknown, about: object, message: string): void {
  const level = isUnavailable(error) ? "warn" : "error";
  log[level]({ ...about, error: describe(error) }, message);
}
