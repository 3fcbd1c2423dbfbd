import { QueryRunnerAlreadyReleasedError } from "typeorm";
import { NETWORK_FAULTS } from "../network-faults";

/**
 * SQLSTATEs of a PostgreSQL that cannot serve just now: connections, shutdown, start-up, no resources; a lock that
 * others hold, as a migration does; deadlocks; a standby that is not the primary yet; a transaction that was ended; a
 * statement that was cancelled.
 */
const SQLSTATES = /^(08...|53...|57P0[1-5]|57014|55P03|40001|40P01|25006|25P0[34])$/;
/** A statement that took longer than it may, or that an administrator has cancelled: only words that depend on the locale tell. */
const CANCELLED = "57014";
/**
 * The driver's own errors about connections and time-outs. They have neither a code nor a class, so that only their
 * text tells them apart. No other file looks at it, and a test provokes each of them.
 */
const LOST =
  /^(Connection terminated( unexpectedly)?|Client has encountered a connection error and is not queryable|Client was closed and is not queryable)$/;
const TIMED_OUT =
  /^(timeout exceeded when trying to connect|Connection terminated due to connection timeout|timeout expired|Query read timeout)$/;

/** What Node was about to do when a connection was never made, whatever its code is: ENOENT for a socket, for instance. */
const CONNECTING: ReadonlySet<string> = new Set(["connect", "getaddrinfo"]);

/** Another system is needed for an answer, and does not answer now. The message is for the log. */
export class SystemUnavailable extends Error {}

/** Whether an error says that the database, or another system, cannot be asked now, rather than that we asked it wrongly. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof SystemUnavailable) return true;
  // TypeORM takes a connection away from a transaction at the moment when the connection is lost, and only then.
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  if (error instanceof AggregateError) return error.errors.some(isUnavailable);
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined && CONNECTING.has(syscall)) return true;
  if (code !== undefined) return SQLSTATES.test(code) || Object.hasOwn(NETWORK_FAULTS, code);
  return isTimeout(error) || LOST.test(error.message);
}

/** What others hold of one object, and what one statement has taken too long for: the next one may succeed. */
const OF_ONE_OBJECT = /^(55P03|40001|40P01|57014)$/;

/** Whether an error says that the database is away for everything that is asked of it, and not only for one object. */
export function isAway(error: unknown): boolean {
  if (!isUnavailable(error) || error instanceof SystemUnavailable) return false;
  return !OF_ONE_OBJECT.test((error as NodeJS.ErrnoException).code ?? "");
}

/** Whether the driver has waited for PostgreSQL in vain. A time-out that PostgreSQL itself reports has a code. */
export function isTimeout(error: Error & { code?: string }): boolean {
  return error.code === undefined && TIMED_OUT.test(error.message);
}

/** What a client is told of an error that isUnavailable: that it can try again, and how. */
export function unavailability(error: unknown): string {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === CANCELLED
    ? "The answer has taken too long. Please ask for less, or try again later."
    : "The service is unavailable for a moment. Please try again.";
}
