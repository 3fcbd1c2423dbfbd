import type { IncomingMessage } from "node:http";
import { BadRequest } from "../body";

/** The most characters of a header that is taken apart; what browsers send has fewer than 300. */
export const HEADER_AT_MOST = 1_000;

/**
 * The headers that we or our libraries take apart, some of them in a time that grows with the square of their length.
 * Others may be as long as Node allows: proxies add headers that nothing here reads, and tokens have a limit of their own.
 */
const TAKEN_APART = [
  "accept",
  "accept-encoding",
  "accept-language",
  "content-type",
  "host",
  "if-none-match",
  "last-event-id",
  "x-forwarded-proto",
];

/** Throws BadRequest, which becomes a 431, where a header is too long to be read. */
export function refuseLongHeaders({ headers }: IncomingMessage): void {
  const long = TAKEN_APART.find((name) => (headers[name]?.length ?? 0) > HEADER_AT_MOST);
  if (long !== undefined)
    throw new BadRequest(431, `The header ${long} has more than ${HEADER_AT_MOST} characters.`);
}
