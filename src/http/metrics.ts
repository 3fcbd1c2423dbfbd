import type { IncomingMessage, ServerResponse } from "node:http";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { App } from "../app";
import { isSecret } from "../auth/request-token";
import type { TokenFault } from "../auth/verify-token";
import { OUTSIDE_CALLS, type OutsideCall } from "../gateways/http-client";
import { deliveryGauges } from "../reads/webhooks/webhooks";
import { callGauges } from "../reads/enrollments";
import { lookGauges } from "../reads/lms/due";
import { followedImportGauges } from "../reads/lms/followed-imports";
import { refundGauges } from "../reads/refunds";
import { HistoryMetrics } from "./history/history-metrics";
import { lastDone } from "../jobs/last-done";
import { poolOf } from "../store/statement";
import { unhandledFaults } from "../log";
import { within } from "./health";
import type { Load } from "./in-flight";
import { EventMetrics } from "./lms-events/event-metrics";
import { Waiting } from "./requests/waiting";
import { sendError, sendText } from "./respond";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];
const DATABASE_WITHIN_MS = 2_000;

/** What operators watch, for Prometheus. No label holds a learner, an order or a client's name for its operation. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Counter({
    name: "http_requests_total",
    help: "Requests answered, by address and status.",
    labelNames: ["path", "status"],
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: "graphql_request_duration_seconds",
    help: "From the arrival of a GraphQL request to its answer, by type of operation; none where it is not valid.",
    labelNames: ["type"],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly errors = new Counter({
    name: "graphql_errors_total",
    help: "Errors in GraphQL answers, by code; refusals of commands are not errors.",
    labelNames: ["code"],
    registers: [this.registry],
  });
  private readonly executions = new Counter({
    name: "graphql_executions_total",
    help: "Operations executed, by how: compiled, or interpreted at first sight and where the compiler cannot.",
    labelNames: ["how"],
    registers: [this.registry],
  });
  private readonly rejections = new Counter({
    name: "tokens_rejected_total",
    help: "Tokens that were refused, by the kind of their fault.",
    labelNames: ["fault"],
    registers: [this.registry],
  });
  private readonly faults = new Counter({
    name: "process_faults_total",
    help: "Exceptions that no code has handled; each is in the log. Any is a fault of the program.",
    registers: [this.registry],
  });
  private readonly connections = this.gauge(
    "pg_pool_connections",
    "Connections to PostgreSQL: open, idle among them, and requests that wait for one.",
    "state",
  );
  private readonly databaseUp = this.gauge("database_up", "1 while PostgreSQL answers, else 0.");
  /** What waits for other systems. */
  private readonly waiting = [
    new Waiting(this.registry, "refunds_pending", "unsettled refund", refundGauges),
    new Waiting(this.registry, "enrollment_calls", "unsettled call to the LMS", callGauges),
    new Waiting(this.registry, "lms_looks_due", "look at the LMS that an event has hinted at", lookGauges),
    new Waiting(
      this.registry,
      "lms_imports",
      "LMS that is followed, since it was imported",
      followedImportGauges,
    ),
    new Waiting(this.registry, "webhook_deliveries", "untold change of a webhook", deliveryGauges),
  ];
  private readonly history = new HistoryMetrics(this.registry);
  private readonly tasks = this.gauge(
    "background_task_done_timestamp_seconds",
    "When a background task was last done by any process.",
    "task",
  );

  private readonly outside = new Histogram({
    name: "outside_request_duration_seconds",
    help: "Calls to other systems, by name of the system and by status of the answer or cause of the failure.",
    labelNames: ["to", "outcome"],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly called = (call: unknown) => {
    const { to, outcome, ms } = call as OutsideCall;
    this.outside.observe({ to, outcome }, ms / 1000);
  };

  private readonly events = new EventMetrics(this.registry);

  private readonly load = this.gauge(
    "graphql_requests",
    "Admitted requests: those in work (in_flight), and those waiting for their turn.",
    "state",
  );

  private readonly openStreams = this.gauge("event_streams", "Streams of events that are open.");

  constructor(
    private readonly app: App,
    private readonly now: Load,
    private readonly streams = { open: 0 },
  ) {
    collectDefaultMetrics({ register: this.registry });
    OUTSIDE_CALLS.subscribe(this.called);
  }

  /** Counts no more calls to other systems, and no more events. */
  stop(): void {
    OUTSIDE_CALLS.unsubscribe(this.called);
    this.events.stop();
  }

  /** Counts an answer of any kind by the address of its route, or `other`. */
  readonly answered = (path: string, status: number): void => {
    this.requests.inc({ path, status });
  };

  /** Counts an answer to a GraphQL request, with the codes of its errors. */
  answeredGraphQL(type: string, ms: number, codes: readonly unknown[] = []): void {
    this.durations.observe({ type }, ms / 1000);
    for (const code of codes) this.errors.inc({ code: String(code) });
  }

  /** Counts a refused token. */
  readonly rejected = (fault: TokenFault): void => {
    this.rejections.inc({ fault });
  };

  /** Counts an executed operation. */
  executed(how: "compiled" | "interpreted"): void {
    this.executions.inc({ how });
  }

  /** Answers a request for `/metrics`, if it shows the token of METRICS_TOKEN where there is one. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metricsToken } = this.app.config;
    if (metricsToken !== undefined && !isSecret(request.headers.authorization, `Bearer ${metricsToken}`)) {
      response.setHeader("www-authenticate", "Bearer");
      return sendError(response, 401, "UNAUTHENTICATED", "Show METRICS_TOKEN as a Bearer token.");
    }
    await this.sample();
    await sendText(response, 200, this.registry.contentType, await this.registry.metrics());
  }

  /** Samples the gauges. The gauges of the database are left empty when PostgreSQL cannot be reached. */
  private async sample(): Promise<void> {
    const { db } = this.app;
    this.faults.reset();
    this.faults.inc(unhandledFaults());
    this.load.set({ state: "in_flight" }, this.now.inFlight);
    this.load.set({ state: "waiting" }, this.now.waiting);
    this.openStreams.set(this.streams.open);
    const { totalCount: open, idleCount: idle, waitingCount: waiting } = poolOf(db);
    for (const [state, count] of Object.entries({ open, idle, waiting }))
      this.connections.set({ state }, count);
    this.tasks.reset();
    // The queue's tables are made when the first process looks for work.
    const sampled = Promise.all([
      ...this.waiting.map((each) => each.sample(db)),
      this.history.sample(this.app),
    ]);
    const asked = Promise.all([sampled, lastDone(db).catch(() => [])]);
    const [read, tasks] = await within(asked, DATABASE_WITHIN_MS).catch(() => [null, []] as const);
    this.databaseUp.set(read ? 1 : 0);
    for (const { task, doneAt } of tasks) this.tasks.set({ task }, doneAt);
  }

  private gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
