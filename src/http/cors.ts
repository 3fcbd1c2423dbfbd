import type { IncomingMessage, ServerResponse } from "node:http";
import type { Config } from "../config";

/** Where Apollo Studio may ask a development server from. */
const STUDIO = ["https://studio.apollographql.com", "https://sandbox.embed.apollographql.com"];
const HEADERS = "authorization, content-type, x-request-id";
const PREFLIGHT_KEPT_SECONDS = "600";

/** Says to a browser whether the page it shows may ask; true when that was all that it wanted to know. */
export type Cors = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Lets the frontends of CORS_ORIGINS ask, with the LMS's cookies where those count; and Apollo Studio in development,
 * with tokens only. To all others nothing is said, which is a refusal.
 */
export function cors({ corsOrigins, explorers, isProduction, token }: Config): Cors {
  const frontends = new Set(corsOrigins);
  const studio = new Set(explorers && !isProduction ? STUDIO : []);
  return ({ headers: { origin }, method }, response) => {
    if (frontends.size > 0 || studio.size > 0) response.setHeader("vary", "origin");
    if (origin === undefined || !(frontends.has(origin) || studio.has(origin))) return false;
    const takesCookies = token.cookies && frontends.has(origin);
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", "x-request-id, retry-after");
    if (takesCookies) response.setHeader("access-control-allow-credentials", "true");
    if (method !== "OPTIONS") return false;
    response.setHeader("access-control-allow-methods", "GET, POST");
    response.setHeader("access-control-allow-headers", takesCookies ? `${HEADERS}, use-jwt-cookie` : HEADERS);
    response.setHeader("access-control-max-age", PREFLIGHT_KEPT_SECONDS);
    response.statusCode = 204;
    response.end();
    return true;
  };
}
