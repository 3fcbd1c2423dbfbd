import { HeaderMap } from "@apollo/server";
import type { App } from "../app";
import type { Actor } from "../auth/actor";
import { createContext } from "../graphql/context";
import { languageOf } from "../messages/language";
import { apolloServer, type Graph, type Shared } from "./apollo";
import { Feed } from "./feed/feed";
import { LIMITS } from "./documents/limits";
import { LIMIT_EXCEEDED } from "./error-codes";
import { exporter, type Exporter } from "./export/exporter";
import { trustedDocuments, UntrustedDocument } from "./trusted-documents";

/** A GraphQL request of an actor whose token has been verified, independent of the transport. */
export interface Asked {
  /** The HTTP method, in capitals. */
  method: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The query part of the address, with its question mark; empty when there is none. */
  search: string;
  /** The parsed JSON body; undefined when there is none. */
  body: unknown;
  /** Null when the request carries no token. */
  actor: Actor | null;
  requestId: string;
}

/** The answer to a GraphQL request: what an HTTP response needs. */
export interface Answered {
  /** The HTTP status. */
  status: number;
  headers: Iterable<readonly [name: string, value: string]>;
  body: string;
}

/** Answers GraphQL documents. It does not depend on sockets, so any interface of the server can use it. */
export interface Engine {
  /** Answers a request, the faults of the client included; rejects only when the engine itself fails. */
  answer(asked: Asked): Promise<Answered>;
  export: Exporter;
  feed: Feed;
  /** Stops the engine after it has answered the requests in progress. */
  stop(): Promise<void>;
}

/** The request headers that Apollo Server reads. */
const HEADERS = [
  "accept",
  "content-type",
  "apollo-require-preflight",
  "x-apollo-operation-name",
  "x-request-id",
];

/** Starts an engine for a schema. Rejects with ConfigError when the file of trusted documents cannot be used. */
export async function startEngine(app: App, shared: Shared, graph: Graph): Promise<Engine> {
  const { trustedDocuments: path, console } = app.config;
  const trust = path === undefined ? undefined : trustedDocuments(path, graph.schema, console);
  const apollo = apolloServer(app, graph, shared);
  await apollo.start();

  async function answer(given: Asked): Promise<Answered> {
    const { method, headers, actor, requestId, ...sent } = given;
    const asked = trust ? trust(sent) : sent;
    const language = languageOf(headers["accept-language"]);
    const bill = shared.billOf(actor);
    const {
      status,
      headers: answered,
      body,
    } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: apolloHeaders(given), ...asked },
      context: async () => Object.assign(createContext(app, actor, requestId, language), { bill }),
    });
    // Apollo Server sends a body in chunks only for @defer and @stream, which the schema does not have.
    const text = body.kind === "complete" ? body.string : "";
    const bytes = Buffer.byteLength(text);
    bill.after(bytes);
    if (bytes > LIMITS.answerBytes) throw new TooLongAnswer();
    if ((status ?? 200) === 200) answered.set("content-language", language);
    return { status: status ?? 200, headers: answered, body: text };
  }

  return {
    answer: (asked) => answer(asked).catch(refusedAnswer),
    export: exporter(app, graph.schema),
    feed: new Feed(app),
    stop: () => apollo.stop(),
  };
}

/** Apollo Server reads a content type in a time that grows with the square of its length, so it never gets a long one. */
const CONTENT_TYPE_AT_MOST = 100;

function apolloHeaders({ method, headers: given }: Pick<Asked, "method" | "headers">): HeaderMap {
  const headers = new HeaderMap();
  for (const name of HEADERS) {
    const value = given[name];
    if (typeof value === "string") headers.set(name, value);
  }
  const type = headers.get("content-type")?.slice(0, CONTENT_TYPE_AT_MOST);
  // The body of a POST has been read as JSON, whatever parameters its type has.
  if (type !== undefined) headers.set("content-type", method === "POST" ? "application/json" : type);
  return headers;
}

/** The answer to a document that is not trusted, or one instead of an answer that is too long; rethrows every other error. */
function refusedAnswer(error: unknown): Answered {
  if (!(error instanceof UntrustedDocument) && !(error instanceof TooLongAnswer)) throw error;
  const { message, code } = error;
  return {
    status: 400,
    headers: [["content-type", "application/json; charset=utf-8"]],
    body: `${JSON.stringify({ errors: [{ message, extensions: { code } }] })}\n`,
  };
}

/** An answer that would take too much memory and time to send. */
class TooLongAnswer extends Error {
  readonly code = LIMIT_EXCEEDED;
  constructor() {
    super(
      `The answer has more than the ${LIMITS.answerBytes} bytes allowed. Ask for less at once. If the operation is a mutation, it has been carried out.`,
    );
  }
}
