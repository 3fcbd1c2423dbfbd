import type { IncomingMessage, ServerResponse } from "node:http";
import type { App } from "../app";
import { finish } from "./respond";

/** The origins of Apollo Studio, which may ask a development server. */
const STUDIO = ["https://studio.apollographql.com", "https://sandbox.embed.apollographql.com"];
const HEADERS = "authorization, content-type, x-request-id";
/** What a browser may send to an address beside what GraphQL needs. */
interface Allowed {
  /** The methods, separated by commas. */
  methods: string;
  /** Further request headers, likewise. */
  headers?: string;
}

const PREFLIGHT_KEPT_SECONDS = "600";

/** Tells a browser whether its page may ask. Returns true when the request was only that question, and is answered. */
export type Cors = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Allows the frontends of CORS_ORIGINS, with the LMS's cookies if those are accepted; and in development Apollo Studio,
 * with tokens only. Other origins get no CORS headers, which browsers take as a refusal.
 */
export function cors(
  { corsOrigins, explorers, isProduction, token }: App["config"],
  { methods, headers = "" }: Allowed = { methods: "GET, POST" },
): Cors {
  const frontends = new Set(corsOrigins);
  const allowed = headers ? `${HEADERS}, ${headers}` : HEADERS;
  const studio = new Set(explorers && !isProduction ? STUDIO : []);
  return ({ headers: { origin }, method }, response) => {
    if (frontends.size > 0 || studio.size > 0) response.setHeader("vary", "origin");
    if (origin === undefined || !(frontends.has(origin) || studio.has(origin))) return false;
    const takesCookies = token.cookies && frontends.has(origin);
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", "x-request-id, retry-after");
    if (takesCookies) response.setHeader("access-control-allow-credentials", "true");
    if (method !== "OPTIONS") return false;
    response.setHeader("access-control-allow-methods", methods);
    response.setHeader("access-control-allow-headers", takesCookies ? `${allowed}, use-jwt-cookie` : allowed);
    response.setHeader("access-control-max-age", PREFLIGHT_KEPT_SECONDS);
    response.statusCode = 204;
    finish(response);
    return true;
  };
}
