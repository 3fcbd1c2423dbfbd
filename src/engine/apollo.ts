import {
  ApolloServer,
  HeaderMap,
  type ApolloServerPlugin,
  type GraphQLRequestContextDidResolveOperation,
  type GraphQLRequestContextValidationDidStart,
  type GraphQLRequestContextWillSendResponse,
  type GraphQLRequestListener,
} from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from "graphql";
import type { App } from "../app";
import type { Permissions } from "../auth/permissions";
import { UNAUTHENTICATED, type Denial } from "../auth/denial";
import { staff } from "../auth/who";
import { authorizer } from "./documents/authorize";
import type { Context } from "../graphql/context";
import { rootFieldCount } from "./documents/documents";
import { KeptDocuments, REFUSED } from "./documents/kept-documents";
import { limitExceeded, LIMITS } from "./documents/limits";
import { fieldsOf, sizeFault } from "./documents/size";
import { BYTES_OF_AN_OBJECT, type Bill, type Cost, type CostBudget } from "./cost-budget";
import { LIMIT_EXCEEDED, RATE_LIMITED } from "./error-codes";
import { nodeCounter } from "./documents/node-count";
import { operationTypeRule } from "./documents/operation-types";
import { settle, type AnswerCounter } from "./answer";
import { renameLiteralErrors } from "./input-errors/literals";
import { textRule } from "./input-errors/texts";
import { publicError } from "./errors";
import { executor } from "./execution/executor";
import type { RateLimiter, RateRefusal } from "./rate-limit";

/** The schema that is served, and who may ask for which part of it. */
export interface Graph {
  schema: GraphQLSchema;
  permissions: Permissions;
}

/** What the engine shares with the other interfaces of the server. */
export interface Shared {
  /** Counts the commands of each actor, whichever interface the actor uses. */
  limitRate: RateLimiter;
  /** The budget of each actor for what is read, alike. */
  billOf: CostBudget;
  /** Counts answers for the metrics; undefined where there are none. */
  counter?: AnswerCounter | undefined;
}

/** The context of an operation that is charged to its actor. */
interface Billed extends Context {
  bill: Bill;
}

const STATUS: Record<string, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  [LIMIT_EXCEEDED]: 400,
  [RATE_LIMITED]: 429,
};

/** Apollo Server with every limit on, the schema hidden when explorers are off, and no reports to Apollo. */
export function apolloServer(app: App, graph: Graph, shared: Shared): ApolloServer<Billed> {
  const documents = new KeptDocuments();
  return new ApolloServer<Billed>({
    documentStore: documents,
    gateway: executor(graph.schema, shared.counter),
    introspection: true, // decided for each actor by the gate below
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !app.config.explorers,
    persistedQueries: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    validationOptions: { maxErrors: 5 },
    validationRules: [textRule, operationTypeRule],
    maxRecursiveSelections: LIMITS.selections,
    stopOnTerminationSignals: false,
    nodeEnv: app.config.isProduction ? "production" : "development",
    logger: app.log,
    formatError: publicError,
    plugins: [
      ApolloServerPluginCacheControlDisabled(), // it would wrap every field
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      gate(app, graph, shared, documents),
    ],
  });
}

/** Decides before an operation runs whether it may run, and completes every answer. */
function gate(
  app: App,
  { schema, permissions }: Graph,
  { limitRate, counter }: Shared,
  documents: KeptDocuments,
): ApolloServerPlugin<Billed> {
  const { explorers } = app.config;
  const denialOf = authorizer(
    schema,
    permissions,
    (actor) => explorers || (actor !== null && staff.allows(actor)),
  );
  const countOf = nodeCounter(schema);

  class Gate implements GraphQLRequestListener<Billed> {
    private readonly startedAt = performance.now();

    /** What is wrong with the document, found before it is validated. */
    private fault: GraphQLError | null = null;
    private isToRemember = false;
    /** Reported in the answer. */
    private cost: Cost | undefined;

    /** A document that is too large is not even validated: what stands for refused documents takes its place. */
    async validationDidStart(asked: GraphQLRequestContextValidationDidStart<Billed>) {
      const { document } = asked;
      this.fault = sizeFault(document);
      this.isToRemember = this.fault !== null;
      if (!asked.contextValue.actor && fieldsOf(document) > LIMITS.anonymousFields)
        this.fault ??= denied(UNAUTHENTICATED);
      if (this.fault) Object.assign(asked, { document: REFUSED });
      return async (errors: readonly Error[] = []) => {
        this.isToRemember ||= errors.length > 0;
        renameLiteralErrors(schema, document, errors as readonly GraphQLError[]);
      };
    }

    async didResolveOperation(asked: GraphQLRequestContextDidResolveOperation<Billed>): Promise<void> {
      const { document, operation, request, contextValue } = asked;
      if (document === REFUSED) throw refused(this.fault ?? seenBefore());
      if (!operation) return;
      const variables = request.variables ?? {};
      const denial = denialOf(document, operation, contextValue.actor, variables);
      if (denial) throw refused(denied(denial));
      const { nodes, objects, values, cost } = countOf(document, operation, variables);
      if (nodes > LIMITS.nodes) throw refused(limitExceeded("nodes", nodes, LIMITS.nodes));
      if (objects > LIMITS.objects) throw refused(limitExceeded("objects", objects, LIMITS.objects));
      if (values > LIMITS.values) throw refused(limitExceeded("values", values, LIMITS.values));
      const charge = contextValue.bill.before(cost);
      this.cost = charge?.cost;
      if (charge?.retryAfterSeconds) throw refused(costError(charge.cost, charge.retryAfterSeconds));
      if (operation.operation !== OperationTypeNode.MUTATION) return;
      const limited = limitRate(rootFieldCount(document, operation), contextValue.actor);
      if (limited) throw refused(rateError(limited));
    }

    async willSendResponse(answered: GraphQLRequestContextWillSendResponse<Billed>): Promise<void> {
      const { queryHash, document, response, contextValue } = answered;
      this.cost ??= contextValue.bill.worked(contextValue.work) ?? undefined;
      const result = response.body.kind === "single" ? response.body.singleResult : undefined;
      if (result?.errors && queryHash !== undefined) {
        if (this.isToRemember) documents.refuse(queryHash, result.errors);
        else if (document === REFUSED && !this.fault)
          result.errors = documents.refusalOf(queryHash) ?? result.errors;
      }
      if (result && this.cost) result.extensions = { ...result.extensions, cost: this.cost };
      settle(app, answered, this.startedAt, counter);
    }
  }
  return { requestDidStart: async () => new Gate() };
}

function denied({ message, code }: Denial): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** Carries the status of a refusal whose errors are remembered; they take its place before it is sent. */
function seenBefore(): GraphQLError {
  return new GraphQLError("The document has been refused before.", { extensions: { code: LIMIT_EXCEEDED } });
}

function costError({ limit }: Cost, retryAfterSeconds: number): GraphQLError {
  const message = `At most ${limit} objects a minute may be asked for, and ${BYTES_OF_AN_OBJECT} bytes of a long answer count as one. Try again in ${retryAfterSeconds} s.`;
  return new GraphQLError(message, { extensions: { code: RATE_LIMITED, retryAfterSeconds } });
}

function rateError({ message, ...extensions }: RateRefusal): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions } });
}

/** Sets the HTTP status and headers of an error that keeps an operation from running. */
function refused(error: GraphQLError): GraphQLError {
  const { code, retryAfterSeconds } = error.extensions;
  const headers = new HeaderMap();
  if (code === "UNAUTHENTICATED") headers.set("www-authenticate", "JWT");
  if (typeof retryAfterSeconds === "number") headers.set("retry-after", String(retryAfterSeconds));
  error.extensions["http"] = { status: STATUS[String(code)], headers };
  return error;
}
