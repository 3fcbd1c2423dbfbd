import type { ValidationError } from "class-validator";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { tooManySelections } from "./documents/limits";
import {
  BAD_USER_INPUT,
  INTERNAL_SERVER_ERROR,
  LIMIT_EXCEEDED,
  RATE_LIMITED,
  SERVICE_UNAVAILABLE,
} from "./error-codes";
import { Denied } from "../auth/denial";
import { RateLimited } from "../auth/rate";
import { isUnavailable, unavailability } from "../store/unavailable";
import { argumentFaults } from "./input-errors/arguments";
import { syntaxFault } from "./input-errors/syntax";

const UNEXPECTED = "An internal error has occurred. The request id helps us to find the cause.";
/** Extensions for our own use, which no client is given. */
const INTERNAL_EXTENSIONS = new Set([
  "code",
  "http",
  "stacktrace",
  "validationErrors",
  "validationErrorCode",
]);

/**
 * The form of an error that a client is given: what the client can do about it, without the values that it sent and
 * without anything about how the server is built.
 */
export function publicError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = causeOf(error);
  if (isUnavailable(cause)) return tell(formatted, SERVICE_UNAVAILABLE, unavailability(cause));
  if (cause instanceof Denied) return tell(formatted, cause.denial.code, cause.message);
  if (cause instanceof RateLimited) return limited(formatted, cause);
  const { code, validationErrorCode, validationErrors } = formatted.extensions ?? {};
  if (Array.isArray(validationErrors))
    return faultyArguments(formatted, validationErrors as ValidationError[], error);
  if (validationErrorCode === BAD_USER_INPUT || validationErrorCode === LIMIT_EXCEEDED)
    return tell(formatted, validationErrorCode);
  switch (code) {
    case undefined:
    case INTERNAL_SERVER_ERROR:
      return tell(formatted, INTERNAL_SERVER_ERROR, UNEXPECTED);
    case "GRAPHQL_PARSE_FAILED": {
      const fault = syntaxFault(error as GraphQLError);
      return tell(formatted, fault.code, fault.message);
    }
    case "GRAPHQL_VALIDATION_FAILED":
      return validationErrorCode === "MAX_RECURSIVE_SELECTIONS_EXCEEDED"
        ? tell(formatted, LIMIT_EXCEEDED, tooManySelections().message)
        : tell(formatted, code);
    case "OPERATION_RESOLUTION_FAILURE":
      return tell(formatted, code, "The document has no such operation, or has several and none is named.");
    default:
      return tell(formatted, String(code));
  }
}

/** Whether an error is the server's fault, so that its cause belongs in the log. */
export function isOurs({ extensions }: GraphQLFormattedError): boolean {
  return extensions?.["code"] === INTERNAL_SERVER_ERROR || extensions?.["code"] === SERVICE_UNAVAILABLE;
}

/** The error that GraphQL has wrapped, or the error itself. */
export function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

function tell(
  { message, path, locations, extensions = {} }: GraphQLFormattedError,
  code: string,
  instead = message,
): GraphQLFormattedError {
  const kept = Object.entries(extensions).filter(([name]) => !INTERNAL_EXTENSIONS.has(name));
  return {
    message: instead,
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { code, ...Object.fromEntries(kept) },
  };
}

function limited(formatted: GraphQLFormattedError, cause: RateLimited): GraphQLFormattedError {
  const { message, retryAfterSeconds } = cause;
  const extensions = { ...formatted.extensions, retryAfterSeconds };
  return tell({ ...formatted, extensions }, RATE_LIMITED, `${message} Nothing has changed.`);
}

function faultyArguments(
  formatted: GraphQLFormattedError,
  faults: readonly ValidationError[],
  error: unknown,
): GraphQLFormattedError {
  const found = argumentFaults(faults, error instanceof GraphQLError ? error : null);
  const message = found.map(({ argument, rule }) => `Argument "${argument}" ${rule}.`).join(" ");
  const told = tell(formatted, BAD_USER_INPUT, message);
  return { ...told, extensions: { ...told.extensions, argument: found[0]?.argument } };
}
