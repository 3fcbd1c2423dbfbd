import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { App } from "../app";
import { permissions } from "../auth/permissions";
import { KeysUnavailable } from "../auth/fetched-keys";
import { InvalidToken } from "../auth/verify-token";
import { buildGraphQLSchema } from "../graphql/schema";
import { apolloServer, type Graph } from "../engine/apollo";
import { BadRequest } from "./body";
import { INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE } from "../engine/error-codes";
import { explorerHandler } from "./pages/explorers";
import { graphqlHandler } from "./graphql-handler";
import { unreadiness } from "./health";
import { InFlightLimiter, Overloaded, type Load } from "./in-flight";
import { describe } from "../log";
import { Metrics } from "./metrics";
import { pathOf, requestIdOf, sendError, sendJson } from "./respond";

/** A server that listens. */
export interface RunningServer {
  url: string;
  /** Of requests for `/graphql`. */
  load: Load;
  /** Lets load balancers notice, answers what is under way, then ends. The same promise for every call. */
  stop(): Promise<void>;
}

const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000, // longer than load balancers keep an idle connection: they close it first
};
const CONNECTIONS_AT_MOST = 10_000;
const DRAIN_AT_MOST_MS = 15_000;

/** Serves GraphQL, its explorers and its health on the configured host and port. */
export async function startServer(
  app: App,
  graph: Graph = { schema: buildGraphQLSchema(), permissions },
): Promise<RunningServer> {
  const load = new InFlightLimiter();
  const metrics = app.config.metrics ? new Metrics(app, load) : undefined;
  const apollo = apolloServer(app, graph, metrics);
  await apollo.start();
  const answerGraphQL = graphqlHandler(app, apollo, load, graph.schema);
  const explore = app.config.explorers ? explorerHandler(app) : null;
  let stopping: Promise<void> | null = null;

  async function route(request: IncomingMessage, response: ServerResponse, requestId: string) {
    if (await explore?.(request, response)) return;
    const path = pathOf(request);
    if (metrics && path === "/metrics") return metrics.answer(request, response);
    switch (path) {
      case "/graphql":
        return answerGraphQL(request, response, requestId);
      case "/healthz":
        return sendJson(response, 200, { status: "alive" });
      case "/readyz": {
        const reason = stopping ? "The server is stopping." : await unreadiness(app);
        return sendJson(response, reason ? 503 : 200, { status: reason ?? "ready" });
      }
      default:
        return sendError(response, 404, "NOT_FOUND", "There is nothing at this address.");
    }
  }

  const server = createServer(TIMEOUTS, (request, response) => {
    const requestId = requestIdOf(request);
    response.setHeader("x-request-id", requestId);
    response.setHeader("x-content-type-options", "nosniff");
    if (stopping) response.setHeader("connection", "close");
    if (metrics) response.once("finish", () => metrics.answered(pathOf(request), response.statusCode));
    route(request, response, requestId).catch((error: unknown) => fail(app, response, requestId, error));
  });
  server.maxConnections = CONNECTIONS_AT_MOST;
  const url = await listen(server, app.config.host, app.config.port);

  async function stop(): Promise<void> {
    await delay(app.config.shutdownDelayMs);
    await drain(server);
    await apollo.stop();
  }
  return { url, load, stop: () => (stopping ??= stop()) };
}

function fail(app: App, response: ServerResponse, requestId: string, error: unknown): void {
  if (response.headersSent) response.destroy();
  else if (error instanceof BadRequest) sendError(response, error.status, error.code, error.message);
  else if (error instanceof Overloaded || error instanceof KeysUnavailable) {
    response.setHeader("retry-after", "1");
    sendError(response, 503, SERVICE_UNAVAILABLE, error.message);
  } else if (error instanceof InvalidToken) {
    response.setHeader("www-authenticate", "JWT");
    sendError(response, 401, "UNAUTHENTICATED", error.message);
  } else {
    app.log.error({ requestId, error: describe(error) }, "unexpected");
    sendError(response, 500, INTERNAL_SERVER_ERROR, "Something went wrong on our side.");
  }
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      const { address, port: taken } = server.address() as AddressInfo;
      const name = ["127.0.0.1", "::1", "0.0.0.0", "::"].includes(address) ? "localhost" : address;
      resolve(`http://${name}:${taken}`);
    });
  });
}

/** Takes no more connections, ends the idle ones, and waits for the others, though not for ever. */
function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_AT_MOST_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
