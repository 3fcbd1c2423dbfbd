import {
  coerceInputValue,
  getNamedType,
  getNullableType,
  GraphQLError,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { badTexts, UNSTORABLE_RULE } from "./texts";
import { BAD_USER_INPUT } from "../error-codes";

const ERRORS_AT_MOST = 5;

/** What is wrong with the variables: one error each, naming the argument, the place and the rule, never the value. */
export function variableErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError[] {
  const errors: GraphQLError[] = [];
  const report = (name: string, path: readonly (string | number)[], rule: string) => {
    if (errors.length >= ERRORS_AT_MOST) return;
    const { argument, owner } = usageOf(schema, document, name);
    const place = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
    const message = `Argument "${argument}${place}" of ${owner}, given by the variable $${name}, ${rule}.`;
    const extensions = { code: BAD_USER_INPUT, argument: `${argument}${place}` };
    errors.push(new GraphQLError(message, { extensions }));
  };
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) continue;
    for (const path of badTexts(variables[name])) report(name, path, UNSTORABLE_RULE);
    if (!Object.hasOwn(variables, name)) {
      if (!defaultValue && isNonNullType(type)) report(name, [], `is required, of type ${String(type)}`);
    } else if (variables[name] !== null || isNonNullType(type))
      coerceInputValue(variables[name], type, (path, _value, { message }) => {
        const expected = String(typeAt(type, path));
        const required = /^Field "(\w+)" of required type "([^"]+)" was not provided\.$/.exec(message);
        if (required) report(name, [...path, required[1]!], `is required, of type ${required[2]}`);
        else if (message.startsWith('Field "')) report(name, path, `has a field that ${expected} has not`);
        else report(name, path, `must be of type ${expected}`);
      });
  }
  return errors;
}

/** The argument that a variable is given to first. */
function usageOf(schema: GraphQLSchema, document: DocumentNode, name: string) {
  const types = new TypeInfo(schema);
  const usage = { argument: `$${name}`, owner: "the operation" };
  const walk = visitWithTypeInfo(types, {
    Variable(node, _key, parent, _path, ancestors) {
      const argument = types.getArgument();
      if (node.name.value !== name || !argument || usage.owner !== "the operation") return;
      const fields = [...ancestors, parent].flatMap((one) =>
        one && "kind" in one && one.kind === Kind.OBJECT_FIELD ? [one.name.value] : [],
      );
      const directive = types.getDirective();
      usage.argument = [argument.name, ...fields].join(".");
      usage.owner = directive
        ? `@${directive.name}`
        : `${types.getParentType()?.name}.${types.getFieldDef()?.name}`;
    },
  });
  visit(document, walk);
  return usage;
}

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
