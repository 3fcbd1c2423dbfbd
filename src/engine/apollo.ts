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
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { App } from "../app";
import { staff, type Permissions } from "../auth/permissions";
import { authorizer } from "./documents/authorize";
import type { Context } from "../graphql/context";
import { LIMIT_EXCEEDED, limitExceeded, LIMITS, sizeRule } from "./documents/limits";
import { nodeCounter } from "./documents/node-count";
import { settle } from "./answer";
import { renameLiteralErrors } from "./input-errors/literals";
import { textRule } from "./input-errors/texts";
import { publicError } from "./errors";
import { executor } from "./execution/executor";
import type { Metrics } from "../http/metrics";
import { RATE_LIMITED, rateLimiter } from "./rate-limit";

/** What is served, and who may ask for which part of it. */
export interface Graph {
  schema: GraphQLSchema;
  permissions: Permissions;
}

const STATUS: Record<string, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  [LIMIT_EXCEEDED]: 400,
  [RATE_LIMITED]: 429,
};

/** Apollo Server with every limit on, the schema hidden where explorers are off, and no reports to anybody. */
export function apolloServer(app: App, graph: Graph, metrics?: Metrics): ApolloServer<Context> {
  return new ApolloServer<Context>({
    gateway: executor(graph.schema),
    introspection: true, // decided for each actor by the gate below
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !app.config.explorers,
    persistedQueries: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    validationOptions: { maxErrors: 5 },
    validationRules: [sizeRule, textRule],
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
      gate(app, graph, metrics),
    ],
  });
}

/** Decides before an operation runs whether it may, and has the last word on what is answered. */
function gate(app: App, { schema, permissions }: Graph, metrics?: Metrics): ApolloServerPlugin<Context> {
  const { explorers } = app.config;
  const denialOf = authorizer(schema, permissions, (actor) => explorers || (actor !== null && staff(actor)));
  const nodesOf = nodeCounter(schema);
  const hasteOf = rateLimiter(app.clock);

  class Gate implements GraphQLRequestListener<Context> {
    private readonly startedAt = performance.now();

    async validationDidStart({ document }: GraphQLRequestContextValidationDidStart<Context>) {
      return async (errors: readonly Error[] = []) =>
        renameLiteralErrors(schema, document, errors as readonly GraphQLError[]);
    }

    async didResolveOperation(asked: GraphQLRequestContextDidResolveOperation<Context>): Promise<void> {
      const { document, operation, request, contextValue } = asked;
      if (!operation) return;
      const denial = denialOf(document, operation, contextValue.actor);
      if (denial) throw refused(new GraphQLError(denial.message, { extensions: { code: denial.code } }));
      const nodes = nodesOf(document, operation, request.variables ?? {});
      if (nodes > LIMITS.nodes) throw refused(limitExceeded("nodes", nodes, LIMITS.nodes));
      const haste = hasteOf(document, operation, contextValue.actor);
      if (haste) throw refused(haste);
    }

    async willSendResponse(answered: GraphQLRequestContextWillSendResponse<Context>): Promise<void> {
      settle(app, answered, this.startedAt, metrics);
    }
  }
  return { requestDidStart: async () => new Gate() };
}

/** Gives an error of an operation that did not run its HTTP status and headers. */
function refused(error: GraphQLError): GraphQLError {
  const { code, retryAfterSeconds } = error.extensions;
  const headers = new HeaderMap();
  if (typeof retryAfterSeconds === "number") headers.set("retry-after", String(retryAfterSeconds));
  error.extensions["http"] = { status: STATUS[String(code)], headers };
  return error;
}
