import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { App } from "../app";
import { sendFailure } from "./failure";
import { refuseLongHeaders } from "./requests/header-lengths";
import { readTarget } from "./requests/target";
import { newRequestId, pathOf, sendNotFound } from "./respond";
import { addressOf, type Routes } from "./route";

const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000, // longer than load balancers keep an idle connection: they close it first
};
/** For a year a browser asks only by HTTPS, once it has been answered by a proxy that ends HTTPS. */
const HSTS = "max-age=31536000";
const CONNECTIONS_AT_MOST = 10_000;
const DRAIN_AT_MOST_MS = 15_000;

/** A socket that listens and answers by routes. */
export interface Listener {
  url: string;
  /** Takes no more connections, ends the idle ones, and waits until the others have their answers, at most 15 s. */
  drain(): Promise<void>;
}

/** How a listener reports each answer. */
export type AnsweredAt = (address: string, status: number) => void;

/**
 * Answers requests by routes on the configured host and port. Once `stopping` is aborted, each answer asks its client
 * to close the connection. Rejects with the error of the socket when it cannot listen.
 */
export async function listen(
  app: App,
  routes: Routes,
  stopping: AbortSignal,
  answeredAt?: AnsweredAt,
): Promise<Listener> {
  async function answer(request: IncomingMessage, response: ServerResponse, requestId: string) {
    let address: string | undefined;
    if (answeredAt) response.once("finish", () => answeredAt(address ?? "other", response.statusCode));
    try {
      refuseLongHeaders(request);
      readTarget(request);
      address = addressOf(routes, pathOf(request));
      if (address === undefined) await sendNotFound(response);
      else await routes.get(address)!(request, response, requestId);
    } catch (error) {
      await sendFailure(response, error, requestId, app.log);
    }
  }

  const server = createServer(TIMEOUTS, (request, response) => {
    const requestId = newRequestId();
    response.setHeader("x-request-id", requestId);
    response.setHeader("x-content-type-options", "nosniff");
    if (app.config.isProduction && request.headers["x-forwarded-proto"] === "https")
      response.setHeader("strict-transport-security", HSTS);
    if (stopping.aborted) response.setHeader("connection", "close");
    void answer(request, response, requestId);
  });
  server.maxConnections = CONNECTIONS_AT_MOST;
  return { url: await listenOn(server, app.config), drain: () => drain(server) };
}

function listenOn(server: Server, { host, port }: App["config"]): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      const { address, port: taken } = server.address() as AddressInfo;
      const name = ["127.0.0.1", "::1", "0.0.0.0", "::"].includes(address) ? "localhost" : address;
      resolve(`http://${name}:${taken}`);
    });
  });
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_AT_MOST_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
