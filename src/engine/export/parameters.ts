import {
  coerceInputValue,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
} from "graphql";
import { BAD_USER_INPUT } from "../error-codes";
import { ExportFault } from "./export-fault";
import { LISTS, type ListName } from "./lists";

/**
 * The filter of a list, from the parameters of an address: they have the names of the filter's fields in GraphQL, and a
 * list is given by repeating its parameter. Throws ExportFault for a parameter that the filter does not have, or whose
 * value it does not take.
 */
export function filterOf(
  schema: GraphQLSchema,
  list: ListName,
  parameters: URLSearchParams,
): Record<string, unknown> {
  const fields = filterType(schema, list).getFields();
  const filter: Record<string, unknown> = {};
  for (const name of new Set(parameters.keys())) {
    const field = Object.hasOwn(fields, name) ? fields[name]! : undefined;
    if (!field) throw badParameter(name, `is none of ${Object.keys(fields).join(", ")}`);
    const given = parameters.getAll(name).map((text) => valueOf(field.type, text));
    const isList = isListType(getNullableType(field.type));
    if (!isList && given.length > 1) throw badParameter(name, "is given more than once");
    filter[name] = isList ? given : given[0];
    coerceInputValue(filter[name], field.type, () => {
      throw badParameter(name, `must be of type ${String(field.type)}`);
    });
  }
  return filter;
}

function filterType(schema: GraphQLSchema, list: ListName): GraphQLInputObjectType {
  const type = schema.getType(LISTS[list].filter);
  if (!isInputObjectType(type)) throw new Error(`${LISTS[list].filter} is no filter`);
  return type;
}

/** A text as the JSON value of a type; a text that is none of its values stays a text, which the type then refuses. */
function valueOf(type: GraphQLInputType, text: string): unknown {
  const { name } = getNamedType(type);
  if (name === "Boolean" && (text === "true" || text === "false")) return text === "true";
  if ((name === "Int" || name === "Float") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text;
}

function badParameter(name: string, rule: string): ExportFault {
  return new ExportFault(400, BAD_USER_INPUT, `Parameter "${name.slice(0, 100)}" ${rule}.`);
}
