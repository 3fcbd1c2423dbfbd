/** SQLSTATEs of a PostgreSQL that cannot serve just now: connections, shutdown, start-up, no resources. */
const SQLSTATES = /^(08...|53...|57P0[1-5])$/;
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
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && (SQLSTATES.test(code) || NETWORK.has(code))) return true;
  return (
    MESSAGES.test(error.message) || (error instanceof AggregateError && error.errors.some(isUnavailable))
  );
}
