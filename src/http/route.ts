import type { IncomingMessage, ServerResponse } from "node:http";
import { BadRequest } from "./body";

/**
 * Answers the requests for one address. It may reject with BadRequest, Overloaded, InvalidToken or KeysUnavailable,
 * which become the right answers; any other error is logged and becomes a 500.
 */
export type Route = (request: IncomingMessage, response: ServerResponse, requestId: string) => unknown;

/** Throws BadRequest, which becomes a 405, unless the request has one of these methods. */
export function requireMethod({ method = "" }: IncomingMessage, methods: readonly string[]): void {
  if (methods.includes(method)) return;
  throw new BadRequest(
    405,
    "This address does not support this HTTP method.",
    "BAD_REQUEST",
    methods.join(", "),
  );
}

/** A route that is only read, by GET or HEAD. */
export function readOnly(route: Route): Route {
  return (request, ...rest) => {
    requireMethod(request, ["GET", "HEAD"]);
    return route(request, ...rest);
  };
}

/** The routes of a server by address. An address that ends in `/*` stands for every address below it. */
export type Routes = ReadonlyMap<string, Route>;

/** The address of the route that answers for a path; undefined when there is none. */
export function addressOf(routes: Routes, path: string): string | undefined {
  if (routes.has(path)) return path;
  return [...routes.keys()].find(
    (address) => address.endsWith("/*") && path.startsWith(address.slice(0, -1)),
  );
}
