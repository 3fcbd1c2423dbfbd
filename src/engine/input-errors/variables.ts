import {
  coerceInputValue,
  getNamedType,
  getNullableType,
  GraphQLError,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from "graphql";
import { LIMITS } from "../documents/limits";
import { BAD_USER_INPUT } from "../error-codes";
import { nodesAbove, placeOf, type Place } from "./place";
import { badTexts, UNSTORABLE_RULE } from "./texts";

const ERRORS_AT_MOST = 5;

/** Ends the search for faults in the variables: more of them would be paid for, and told to nobody. */
class EnoughFaults extends Error {}

/**
 * One error for each fault in the variables, but five at most: it names the argument, the place and the rule, never the
 * value.
 */
export function variableErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError[] {
  const errors: GraphQLError[] = [];
  const report = (name: string, path: readonly (string | number)[], rule: string) => {
    if (errors.length >= ERRORS_AT_MOST) throw new EnoughFaults();
    const { argument, owner } = firstUseOf(schema, document, name);
    const below = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
    errors.push(variableError(name, { argument: `${argument}${below}`, owner }, rule));
  };
  try {
    for (const definition of operation.variableDefinitions ?? [])
      reportFaults(schema, definition, variables, (...told) =>
        report(definition.variable.name.value, ...told),
      );
  } catch (error) {
    if (!(error instanceof EnoughFaults)) throw error;
  }
  return errors;
}

/** Reports what is wrong with one variable: where in its value, and the rule. */
function reportFaults(
  schema: GraphQLSchema,
  { variable, type: typeNode, defaultValue }: VariableDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  report: (path: readonly (string | number)[], rule: string) => void,
): void {
  const name = variable.name.value;
  const type = typeFromAST(schema, typeNode);
  if (!isInputType(type)) return;
  if (isDeep(variables[name]))
    return report([], `has more than the ${LIMITS.variableLevels} levels of lists and objects allowed`);
  for (const path of badTexts(variables[name])) report(path, UNSTORABLE_RULE);
  if (!Object.hasOwn(variables, name)) {
    if (!defaultValue && isNonNullType(type)) report([], `is required, of type ${String(type)}`);
  } else if (variables[name] !== null || isNonNullType(type)) {
    const objects = new Set<unknown>(); // graphql-js reports an object once for each of its faults
    coerceInputValue(variables[name], type, (path, value) => {
      if (objects.has(value)) return;
      if (isObject(value)) objects.add(value);
      for (const { field, rule } of faultsOf(value, typeAt(type, path)))
        report(field === undefined ? path : [...path, field], rule);
    });
  }
}

/** Whether a variable of the operation has more levels than code that follows them one by one may be given. */
export function hasDeepVariable(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return variableDefinitions.some(({ variable }) => isDeep(variables[variable.name.value]));
}

function isDeep(value: unknown, levels = LIMITS.variableLevels): boolean {
  if (value === null || typeof value !== "object") return false;
  return levels === 0 || Object.values(value).some((inner) => isDeep(inner, levels - 1));
}

/** A fault in the value of a variable, told by the argument that the variable is given to. */
export function variableError(name: string, { argument, owner }: Place, rule: string): GraphQLError {
  return new GraphQLError(`Argument "${argument}" of ${owner}, given by the variable $${name}, ${rule}.`, {
    extensions: { code: BAD_USER_INPUT, argument },
  });
}

/** The faults of a value that graphql-js has refused, and the field that lacks where one does. */
function faultsOf(value: unknown, expected: GraphQLInputType): { field?: string; rule: string }[] {
  const wrongType = [{ rule: `must be of type ${String(expected)}` }];
  const type = getNamedType(expected);
  if (!isInputObjectType(type) || !isObject(value)) return wrongType;
  const fields = type.getFields();
  const missing = Object.values(fields).flatMap((field) =>
    isRequiredInputField(field) && value[field.name] === undefined
      ? [{ field: field.name, rule: `is required, of type ${String(field.type)}` }]
      : [],
  );
  const unknown = Object.keys(value).flatMap((name) =>
    Object.hasOwn(fields, name) ? [] : [{ rule: `has a field that ${String(expected)} has not` }],
  );
  return missing.length + unknown.length > 0 ? [...missing, ...unknown] : wrongType;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The argument that a variable is given to first. */
function firstUseOf(schema: GraphQLSchema, document: DocumentNode, name: string): Place {
  const types = new TypeInfo(schema);
  let first: Place | undefined;
  const walk = visitWithTypeInfo(types, {
    Variable(node, _key, parent, _path, ancestors) {
      if (node.name.value === name && types.getArgument())
        first ??= placeOf(types, nodesAbove(parent, ancestors));
    },
  });
  visit(document, walk);
  return first ?? { argument: `$${name}`, owner: "the operation" };
}

/** The type that is expected at a path within a type. */
function typeAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType {
  let here = type;
  for (const key of path) {
    const nullable = getNullableType(here);
    if (typeof key === "number") here = isListType(nullable) ? nullable.ofType : here;
    else {
      const named = getNamedType(nullable);
      here = (isInputObjectType(named) ? named.getFields()[key]?.type : undefined) ?? here;
    }
  }
  return here;
}
