/**
 * SQLSTATEs of a PostgreSQL that cannot serve just now: connections, shutdown, start-up, no resources; a lock that
 * others hold, as a migration does; deadlocks; a standby that is not the primary yet; a transaction that was ended.
 */
const SQLSTATES = /^(08...|53...|57P0[1-5]|55P03|40001|40P01|25006|25P0[34])$/;
const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
/** What the driver says without any code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Client was closed)/;

/** Whether an error says that the database cannot be asked, rather than that we asked it wrongly. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // TypeORM takes a connection away from a transaction at the moment when the connection is lost, and only then.
  if (error.name === "QueryRunnerAlreadyReleasedError") return true;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && (SQLSTATES.test(code) || NETWORK.has(code))) return true;
  return (
    MESSAGES.test(error.message) || (error instanceof AggregateError && error.errors.some(isUnavailable))
  );
}
