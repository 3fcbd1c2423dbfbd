import type { IncomingMessage, ServerResponse } from "node:http";
import { HeaderMap, type ApolloServer } from "@apollo/server";
import type { GraphQLSchema } from "graphql";
import type { App } from "../app";
import { developmentJwkSet } from "../auth/development-key";
import { fetchedKeys } from "../auth/fetched-keys";
import { fixedKeys, type KeySource } from "../auth/keys";
import { tokenVerifier } from "../auth/verify-token";
import { createContext, type Context } from "../graphql/context";
import { parseJson, readBody } from "./body";
import { cors } from "./cors";
import type { InFlightLimiter } from "./in-flight";
import { trustedDocuments } from "../engine/trusted-documents";

/** The headers that Apollo Server looks at. */
const HEADERS = ["accept", "content-type", "apollo-require-preflight", "x-apollo-operation-name"];

export type GraphQLHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
) => Promise<void>;

/** Answers requests for `/graphql`. Rejects with BadRequest, Overloaded, InvalidToken or KeysUnavailable. */
export function graphqlHandler(
  app: App,
  apollo: ApolloServer<Context>,
  limiter: InFlightLimiter,
  schema: GraphQLSchema,
): GraphQLHandler {
  const { trustedDocuments: path } = app.config;
  const trust = path === undefined ? undefined : trustedDocuments(path, schema);
  const verify = tokenVerifier({ ...app.config.token, keys: keysOf(app) });
  const allow = cors(app.config);

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    text: string | null,
  ): Promise<void> {
    const actor = await verify(request.headers);
    const headers = new HeaderMap();
    for (const name of HEADERS) {
      const value = request.headers[name];
      if (typeof value === "string") headers.set(name, value);
    }
    const search = request.url!.slice("/graphql".length);
    const body = text === null ? undefined : parseJson(request, text);
    const asked = trust ? trust({ search, body }) : { search, body };
    const answered = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method!, headers, ...asked },
      context: async () => createContext(app, actor, requestId),
    });
    response.statusCode = answered.status ?? 200;
    if (answered.status === 401) response.setHeader("www-authenticate", "JWT");
    for (const [name, value] of answered.headers) response.setHeader(name, value);
    response.end(answered.body.kind === "complete" ? answered.body.string : ""); // nothing here comes in parts
  }

  return async (request, response, requestId) => {
    response.setHeader("cache-control", "no-store");
    if (allow(request, response)) return;
    // The body first, as a client that is slow to send it must not keep others out, and as its connection can only be
    // used again behind it. All that costs something comes in flight, from the token to the answer.
    const text = request.method === "POST" ? await readBody(request) : null;
    await limiter.run(response, () => answer(request, response, requestId, text));
  };
}

/** The keys that the operator has chosen, or else the one that development tokens are signed with. */
function keysOf({ config: { token, dataDir }, log }: App): KeySource {
  return token.jwkSetUrl
    ? fetchedKeys(token.jwkSetUrl, log)
    : fixedKeys(token.jwkSet ?? developmentJwkSet(dataDir));
}
