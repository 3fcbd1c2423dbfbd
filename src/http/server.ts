import { setTimeout as delay } from "node:timers/promises";
import type { App } from "../app";
import type { Graph } from "../engine/apollo";
import { costBudget } from "../engine/cost-budget";
import { startEngine } from "../engine/engine";
import { rateLimiter } from "../engine/rate-limit";
import type { RestApi } from "../rest/answer";
import { eventsRoute } from "./events/events-route";
import { Streams } from "./events/streams";
import { exportRoute } from "./export/export-route";
import { graphqlRoute } from "./graphql-route";
import { HISTORY_PREFIX, historyRoute } from "./history/history-route";
import { livenessRoute, readinessRoute } from "./health";
import { InFlightLimiter, type Load } from "./in-flight";
import { listen } from "./listener";
import { LMS_EVENTS_PATH, lmsEventsRoute } from "./lms-events/lms-events-route";
import { Metrics } from "./metrics";
import { consoleRoutes } from "./pages/console";
import { explorerRoutes } from "./pages/explorers";
import { REST_PREFIXES, restRoute } from "./rest/rest-route";
import { readOnly, type Route } from "./route";
import { admission } from "./session";

/** A server that listens. */
export interface RunningServer {
  url: string;
  /** How many requests it works on now, and how many wait for that. */
  load: Load;
  /** Lets load balancers notice, answers the requests in progress, then ends. Every call returns the same promise. */
  stop(): Promise<void>;
}

/** Serves GraphQL, the API of Open edX, explorers, health and metrics on the configured host and port. */
export async function startServer(app: App, graph: Graph, rest: RestApi): Promise<RunningServer> {
  const load = new InFlightLimiter();
  const streams = new Streams();
  const metrics = app.config.metrics ? new Metrics(app, load, streams) : undefined;
  const admit = admission(app, load, metrics?.rejected);
  const limitRate = rateLimiter(app);
  const billOf = costBudget(app);
  const engine = await startEngine(app, { limitRate, billOf, counter: metrics }, graph);
  const stopping = new AbortController();

  const routes = new Map<string, Route>([
    ["/graphql", graphqlRoute(app, engine, admit)],
    ["/export/*", exportRoute(app, engine, admit)],
    ["/events", eventsRoute(app, engine, admit, streams, stopping.signal)],
    [`${HISTORY_PREFIX}*`, historyRoute(app, admit)],
    ["/healthz", readOnly(livenessRoute)],
    ["/readyz", readOnly(readinessRoute(app, stopping.signal))],
  ]);
  const answerRest = restRoute(app, rest, admit, { limitRate, billOf });
  routes.set(`${REST_PREFIXES.accounts}*`, answerRest);
  if (app.config.restFacade !== "off") routes.set(`${REST_PREFIXES.entitlements}*`, answerRest);
  const { secret } = app.config.events;
  if (secret)
    for (const address of [LMS_EVENTS_PATH, `${LMS_EVENTS_PATH}/*`])
      routes.set(address, lmsEventsRoute(app, secret, admit));
  if (metrics)
    routes.set(
      "/metrics",
      readOnly((request, response) => metrics.answer(request, response)),
    );
  if (app.config.explorers)
    for (const [address, route] of explorerRoutes(app, routes.get("/graphql")!)) routes.set(address, route);
  if (app.config.console) for (const [address, route] of consoleRoutes(app)) routes.set(address, route);
  const listener = await listen(app, routes, stopping.signal, metrics?.answered);

  async function stop(): Promise<void> {
    stopping.abort();
    await delay(app.config.shutdownDelayMs);
    await listener.drain();
    await engine.stop();
    metrics?.stop();
  }
  let stopped: Promise<void> | undefined;
  return { url: listener.url, load, stop: () => (stopped ??= stop()) };
}
