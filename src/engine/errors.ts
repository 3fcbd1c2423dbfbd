import type { ValidationError } from "class-validator";
import { GraphQLError, type FieldNode, type GraphQLFormattedError } from "graphql";
import { LIMITS } from "./documents/limits";
import { BAD_USER_INPUT, INTERNAL_SERVER_ERROR, LIMIT_EXCEEDED, SERVICE_UNAVAILABLE } from "./error-codes";
import { Denied } from "../auth/denial";
import { isUnavailable } from "../store/unavailable";

const UNEXPECTED = "Something went wrong on our side. The request id helps us to find out what.";
const UNAVAILABLE = "The service is unavailable for a moment. Please try again.";
/** Extensions that serve ourselves. */
const OURS = new Set(["code", "http", "stacktrace", "validationErrors", "validationErrorCode"]);

/** What a client is told of an error: what it can do about it, nothing of what it sent, nothing of how we are built. */
export function publicError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = causeOf(error);
  if (isUnavailable(cause)) return tell(formatted, SERVICE_UNAVAILABLE, UNAVAILABLE);
  if (cause instanceof Denied) return tell(formatted, cause.denial.code, cause.message);
  const { code, validationErrorCode, validationErrors } = formatted.extensions ?? {};
  if (Array.isArray(validationErrors))
    return faultyArguments(formatted, validationErrors as ValidationError[], error);
  if (validationErrorCode === BAD_USER_INPUT || validationErrorCode === LIMIT_EXCEEDED)
    return tell(formatted, validationErrorCode);
  switch (code) {
    case undefined:
    case INTERNAL_SERVER_ERROR:
      return nullArgument(formatted, cause) ?? tell(formatted, INTERNAL_SERVER_ERROR, UNEXPECTED);
    case "GRAPHQL_PARSE_FAILED":
      return unreadable(formatted);
    case "GRAPHQL_VALIDATION_FAILED":
      return validationErrorCode === "MAX_RECURSIVE_SELECTIONS_EXCEEDED"
        ? tell(
            formatted,
            LIMIT_EXCEEDED,
            `The operation has more than the ${LIMITS.selections} selections allowed.`,
          )
        : tell(formatted, code);
    case "OPERATION_RESOLUTION_FAILURE":
      return tell(formatted, code, "The document has no such operation, or has several and none is named.");
    default:
      return tell(formatted, String(code));
  }
}

/** Whether an error is ours, and so belongs in the log with all that is known of it. */
export function isOurs({ extensions }: GraphQLFormattedError): boolean {
  return extensions?.["code"] === INTERNAL_SERVER_ERROR || extensions?.["code"] === SERVICE_UNAVAILABLE;
}

/** What an error was before GraphQL wrapped it. */
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
  const kept = Object.entries(extensions).filter(([name]) => !OURS.has(name));
  return {
    message: instead,
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { code, ...Object.fromEntries(kept) },
  };
}

/** The parser repeats the literal that it stumbles over. */
function unreadable(formatted: GraphQLFormattedError): GraphQLFormattedError {
  if (/^Syntax Error: Document contains more tha[nt] \d+ tokens/.test(formatted.message))
    return tell(formatted, LIMIT_EXCEEDED, `The document has more than the ${LIMITS.tokens} tokens allowed.`);
  const literal = /((?:found|Unexpected) (?:String|BlockString|Int|Float)) ".*"\.$/s;
  return tell(formatted, "GRAPHQL_PARSE_FAILED", formatted.message.replace(literal, "$1."));
}

/** A variable may be null where its argument may not, which only shows when the field runs. */
function nullArgument(formatted: GraphQLFormattedError, cause: unknown): GraphQLFormattedError | null {
  const isOfGraphQL = cause instanceof GraphQLError && cause.extensions["code"] === undefined;
  const name = isOfGraphQL && /^Argument "(\w+)" of (?:non-null|required) type /.exec(cause.message)?.[1];
  if (!name) return null;
  const told = tell(formatted, BAD_USER_INPUT, `Argument "${name}" must not be null or missing.`);
  return { ...told, extensions: { ...told.extensions, argument: name } };
}

/** Says what class-validator found, without the input that it carries along. */
function faultyArguments(
  formatted: GraphQLFormattedError,
  faults: readonly ValidationError[],
  error: unknown,
): GraphQLFormattedError {
  const node = error instanceof GraphQLError ? (error.nodes?.[0] as FieldNode | undefined) : undefined;
  const names = (node?.arguments ?? []).map(({ name }) => name.value);
  const found = faults.flatMap((fault) => {
    const isWithin = names.length === 1 && !names.includes(fault.property);
    return rulesOf(fault, isWithin ? [names[0]!] : []);
  });
  const message = found.map(({ argument, rule }) => `Argument "${argument}" ${rule}.`).join(" ");
  const told = tell(formatted, BAD_USER_INPUT, message);
  return { ...told, extensions: { ...told.extensions, argument: found[0]?.argument } };
}

function rulesOf(
  { property, constraints = {}, children = [] }: ValidationError,
  path: readonly string[],
): { argument: string; rule: string }[] {
  const here = [...path, property];
  const own = Object.values(constraints).map((message) => ({
    argument: here.join("."),
    rule: message.startsWith(`${property} `) ? message.slice(property.length + 1) : message,
  }));
  return [...own, ...children.flatMap((child) => rulesOf(child, here))];
}
