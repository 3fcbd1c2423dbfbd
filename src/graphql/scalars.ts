import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { GraphQLDate, GraphQLDateTimeISO, GraphQLISO8601Duration } from "graphql-scalars";
import { DAY_MS } from "../rules/entitlement-rules";

function rename(scalar: GraphQLScalarType, name: string, description: string): GraphQLScalarType {
  return new GraphQLScalarType({ ...scalar.toConfig(), name, description });
}

export const DateTimeScalar = rename(
  GraphQLDateTimeISO,
  "DateTime",
  "An instant in UTC with millisecond precision, such as `2026-03-01T12:00:00.000Z`.",
);
export const DateScalar = rename(GraphQLDate, "Date", "A calendar date in UTC, such as `2026-03-01`.");
export const DurationScalar = rename(
  GraphQLISO8601Duration,
  "Duration",
  "A length of time in the ISO 8601 format, such as `P730D` or `P1DT12H`. A day is 24 hours; years and months are not accepted.",
);

export const Int64Scalar = new GraphQLScalarType<number, number>({
  name: "Int64",
  description: "A whole number of up to 53 bits, such as a position in history: a number in JSON.",
  serialize: (value) => toInt64(Number(value)),
  parseValue: (value) => toInt64(typeof value === "number" ? value : NaN),
  parseLiteral: (node) => toInt64(node.kind === Kind.INT ? Number(node.value) : NaN),
});

function toInt64(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new GraphQLError("must be a whole number between -(2^53 - 1) and 2^53 - 1.");
}

export const DataExportScalar = new GraphQLScalarType<unknown, unknown>({
  name: "DataExport",
  description: `All that is held about an account, as one JSON object: \`user\`, \`entitlements\` with their refunds and history in the form of this schema, \`enrollments\`, and \`complete\`, which is false when there was too much for one object. Notes of support agents are not in it.`,
});

const DURATION =
  /^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d+)?)S)?)?$/;

/** Reads an ISO 8601 duration as milliseconds; null when it is not of a fixed length, as months and years are not. */
export function fromDuration(duration: string): number | null {
  const parts = DURATION.exec(duration);
  if (!parts) return null;
  const [weeks, days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return (weeks! * 7 + days!) * DAY_MS + Math.round(((hours! * 60 + minutes!) * 60 + seconds!) * 1000);
}
