import type { IncomingMessage, ServerResponse } from "node:http";
import { HeaderMap, type ApolloServer } from "@apollo/server";
import type { App } from "../app";
import { developmentJwkSet } from "../auth/development-key";
import { fetchedKeys } from "../auth/fetched-keys";
import { fixedKeys, type KeySource } from "../auth/keys";
import { tokenVerifier } from "../auth/verify-token";
import { createContext, type Context } from "../graphql/context";
import { readJson } from "./body";

/** The headers that Apollo Server looks at. */
const HEADERS = ["accept", "content-type", "apollo-require-preflight", "x-apollo-operation-name"];
/** Where Apollo Studio may ask a development server from. */
const STUDIO = new Set(["https://studio.apollographql.com", "https://sandbox.embed.apollographql.com"]);

export type GraphQLHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
) => Promise<void>;

/** Answers requests for `/graphql`. Rejects with InvalidToken, KeysUnavailable or BadRequest. */
export function graphqlHandler(app: App, apollo: ApolloServer<Context>): GraphQLHandler {
  const { token, isProduction, explorers } = app.config;
  const verify = tokenVerifier({ ...token, keys: keysOf(app) });
  const isOpenToStudio = explorers && !isProduction;
  return async (request, response, requestId) => {
    response.setHeader("cache-control", "no-store");
    if (isOpenToStudio && allowStudio(request, response)) return;
    // The body is read to its end in any case, so that the connection can be used again.
    const reading = request.method === "POST" ? readJson(request) : undefined;
    const [actor, body] = await Promise.all([verify(request.headers), reading]);
    const headers = new HeaderMap();
    for (const name of HEADERS) {
      const value = request.headers[name];
      if (typeof value === "string") headers.set(name, value);
    }
    const search = request.url!.slice("/graphql".length);
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method!, headers, search, body },
      context: async () => createContext(app, actor, requestId),
    });
    response.statusCode = answer.status ?? 200;
    if (answer.status === 401) response.setHeader("www-authenticate", "JWT");
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    response.end(answer.body.kind === "complete" ? answer.body.string : ""); // nothing here comes in parts
  };
}

/** The keys that the operator has chosen, or else the one that development tokens are signed with. */
function keysOf({ config: { token, dataDir }, log }: App): KeySource {
  return token.jwkSetUrl
    ? fetchedKeys(token.jwkSetUrl, log)
    : fixedKeys(token.jwkSet ?? developmentJwkSet(dataDir));
}

/** Lets Apollo Studio's pages ask, with tokens and never with cookies; true when that was all the browser wanted. */
function allowStudio(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !STUDIO.has(origin)) return false;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-expose-headers", "x-request-id");
  response.setHeader("vary", "origin");
  if (request.method !== "OPTIONS") return false;
  response.setHeader("access-control-allow-methods", "GET, POST");
  response.setHeader("access-control-allow-headers", "authorization, content-type, x-request-id");
  response.statusCode = 204;
  response.end();
  return true;
}
