import { getNullableType, isEnumType, isInputObjectType, isListType, type GraphQLInputType } from "graphql";

/** A JSON value as a document holds it, where a value of this type is expected. */
export function literalOf(value: unknown, type: GraphQLInputType): string {
  const nullable = getNullableType(type);
  if (value === null || value === undefined) return "null";
  if (isListType(nullable))
    return Array.isArray(value)
      ? `[${value.map((item) => literalOf(item, nullable.ofType)).join(", ")}]`
      : literalOf(value, nullable.ofType);
  if (isInputObjectType(nullable)) {
    const fields = nullable.getFields();
    const written = Object.entries(value).map(
      ([name, one]) => `${name}: ${literalOf(one, fields[name]!.type)}`,
    );
    return `{ ${written.join(", ")} }`;
  }
  return isEnumType(nullable) ? (value as string) : JSON.stringify(value);
}
