import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Answers the requests for one address. It may reject with BadRequest, Overloaded, InvalidToken or KeysUnavailable,
 * which become the right answers; any other error is logged and becomes a 500.
 */
export type Route = (request: IncomingMessage, response: ServerResponse, requestId: string) => unknown;

/** The routes of a server by address. An address that ends in `/*` stands for every address below it. */
export type Routes = ReadonlyMap<string, Route>;

/** The address of the route that answers for a path; undefined when there is none. */
export function addressOf(routes: Routes, path: string): string | undefined {
  if (routes.has(path)) return path;
  return [...routes.keys()].find(
    (address) => address.endsWith("/*") && path.startsWith(address.slice(0, -1)),
  );
}
