import type { GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { OperationTypeNode, type FormattedExecutionResult, type GraphQLFormattedError } from "graphql";
import type { App } from "../app";
import type { Context } from "../graphql/context";
import { BAD_USER_INPUT, RATE_LIMITED, SERVICE_UNAVAILABLE } from "./error-codes";
import { causeOf, isOurs } from "./errors";
import { clientRequestId, describe } from "../log";
import { connectionFault } from "../store/connection/connection-fault";
import { isUnavailable } from "../store/unavailable";
import type { ExecutionCounter } from "./execution/executor";

/** Counts answers. */
export interface AnswerCounter extends ExecutionCounter {
  /** `type` is the type of the operation, or `none`; `codes` are those of the errors of the answer. */
  answeredGraphQL(type: string, ms: number, codes?: readonly unknown[]): void;
}

/** What is told of a fault of ours that comes after a mutation, so that nobody sends the mutation again. */
const CARRIED_OUT =
  "The mutation has been carried out, but this part of its answer could not be read. Ask for it by a query.";

/** Errors of the request itself. The older media type application/json wants them answered with status 200. */
const REQUEST_ERRORS: ReadonlySet<unknown> = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  BAD_USER_INPUT,
]);

/** Completes a GraphQL answer: status, request id, log entry, metrics. `startedAt` is a time of `performance.now()`. */
export function settle(
  app: App,
  request: GraphQLRequestContextWillSendResponse<Context>,
  startedAt: number,
  counter?: AnswerCounter,
): void {
  const { response, contextValue } = request;
  const result = response.body.kind === "single" ? response.body.singleResult : undefined;
  if (result?.errors) settleErrors(app, request, result);
  // The answer of a mutation repeats what its caller has written, beside what only the caller may know: its length, once
  // it is compressed, would tell whether the one occurs in the other.
  if (request.operation?.operation === OperationTypeNode.MUTATION)
    response.http.headers.set("cache-control", "no-store, no-transform");
  const codes = result?.errors?.map(({ extensions }) => extensions?.["code"]);
  const ms = performance.now() - startedAt;
  counter?.answeredGraphQL(request.operation?.operation ?? "none", ms, codes);
  const isQuiet = !codes && request.operation?.operation === OperationTypeNode.QUERY;
  app.log[isQuiet ? "debug" : "info"]({
    requestId: contextValue.requestId,
    clientRequestId: clientRequestId(request.request.http?.headers.get("x-request-id")),
    actor: contextValue.actor?.userId ?? null,
    operation: request.operationName?.slice(0, 100) ?? null,
    status: response.http.status ?? 200,
    ms: Math.round(ms * 10) / 10,
    codes,
  });
}

function settleErrors(
  app: App,
  {
    response,
    request,
    operation,
    contextValue: { requestId },
    errors: causes = [],
  }: GraphQLRequestContextWillSendResponse<Context>,
  result: FormattedExecutionResult,
): void {
  const isMutation = operation?.operation === OperationTypeNode.MUTATION;
  const errors = result.errors!.map((error, index) => {
    if (!isOurs(error)) return error;
    const { path } = error;
    const cause = causeOf(causes[index]);
    if (isUnavailable(cause))
      app.log.warn({ requestId, path, reason: connectionFault(cause) }, "unavailable");
    else app.log.error({ requestId, path, error: describe(cause) }, "unexpected");
    const message = isMutation && isWithin(path) ? CARRIED_OUT : error.message;
    return Object.assign({}, error, { message, extensions: { ...error.extensions, requestId } });
  });
  const unavailable = errors.find(({ extensions }) => extensions?.["code"] === SERVICE_UNAVAILABLE);
  const outage = isMutation && hasDone(result.data, errors) ? undefined : unavailable;
  if (outage) {
    delete result.data; // half an answer would look like a whole one
    response.http.status = 503;
    response.http.headers.set("retry-after", "1");
  } else if (errors[0]?.extensions?.["code"] === RATE_LIMITED && isEmpty(result.data)) {
    delete result.data; // nothing was done
    response.http.status = 429;
    response.http.headers.set("retry-after", String(errors[0].extensions["retryAfterSeconds"]));
  } else if (
    response.http.status === 400 &&
    isLegacy(request.http?.headers.get("accept")) &&
    errors.every(({ extensions }) => REQUEST_ERRORS.has(extensions?.["code"]))
  )
    response.http.status = 200;
  result.errors = outage ? [outage] : errors;
}

/** Whether a path leads into what a root field has returned, which a mutation returns once it has been carried out. */
function isWithin(path: GraphQLFormattedError["path"]): boolean {
  return (path?.length ?? 0) > 1;
}

/** Whether at least one mutation has been carried out: one that has not failed itself, whatever of its answer has. */
function hasDone(data: FormattedExecutionResult["data"], errors: readonly GraphQLFormattedError[]): boolean {
  const failed = new Set(errors.flatMap(({ path }) => (path && !isWithin(path) ? path : [])));
  return Object.keys(data ?? {}).some((field) => !failed.has(field));
}

/** Whether no root field has brought anything. */
function isEmpty(data: FormattedExecutionResult["data"]): boolean {
  return Object.values(data ?? {}).every((field) => field === null);
}

/** Whether the client accepts application/json by name, and not the newer media type. */
function isLegacy(accept = ""): boolean {
  return accept.includes("application/json") && !accept.includes("application/graphql-response+json");
}
