import {
  Kind,
  TypeInfo,
  valueFromAST,
  visit,
  visitWithTypeInfo,
  type GraphQLInputType,
  type GraphQLSchema,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type ValueNode,
} from "graphql";
import { isLeftOut } from "../documents/conditions";

type Definition = OperationDefinitionNode | FragmentDefinitionNode;
type Variables = Readonly<Record<string, unknown>>;

/** An argument that stands in the document, perhaps with variables in it. */
interface Literal {
  /** The name of the variable that takes its place. */
  name: string;
  type: GraphQLInputType;
  value: ValueNode;
}

/** Definitions without conditions and without values, as the compiler answers them like the interpreter. */
export interface Rewritten {
  definitions: Definition[];
  /** The variables that the operation has besides its own. */
  names: string[];
  /** Their values for a request. Throws where one is not valid, which the interpreter then tells. */
  valuesFor: (variables: Variables) => Record<string, unknown>;
}

/**
 * Leaves out what the conditions leave out for these variables, and makes a variable of each argument that the document
 * holds as a value. The values are then read by the interpreter's own function. Null where a selection becomes empty.
 */
export function rewrite(
  schema: GraphQLSchema,
  given: readonly Definition[],
  operation: OperationDefinitionNode,
  variables: Variables,
): Rewritten | null {
  const own = new Set(operation.variableDefinitions?.map(({ variable }) => variable.name.value));
  const literals: Literal[] = [];
  const types = new TypeInfo(schema);
  let isEmpty = false;
  const walk = visitWithTypeInfo(types, {
    enter(node) {
      if (isLeftOut(node, variables)) return null;
      if ("directives" in node && node.directives?.length) return { ...node, directives: [] };
      if (node.kind !== Kind.ARGUMENT || node.value.kind === Kind.VARIABLE) return undefined;
      const name = nameBeside(own, literals.length);
      literals.push({ name, type: types.getArgument()!.type, value: node.value });
      return { ...node, value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } } };
    },
    SelectionSet: {
      leave({ selections }) {
        isEmpty ||= selections.length === 0;
      },
    },
  });
  const definitions = given.map((definition) => visit(definition, walk));
  if (isEmpty) return null;
  const names = literals.map(({ name }) => name);
  return { definitions, names, valuesFor: valuesOf(literals) };
}

function nameBeside(taken: ReadonlySet<string>, number: number): string {
  let name = `literal${number}`;
  while (taken.has(name)) name = `_${name}`;
  return name;
}

/** Reads what holds no variable once, and the rest for each request. */
function valuesOf(literals: readonly Literal[]): Rewritten["valuesFor"] {
  const constant: Record<string, unknown> = {};
  const others: Literal[] = [];
  for (const literal of literals)
    if (hasVariable(literal.value)) others.push(literal);
    else constant[literal.name] = valueOf(literal, {});
  return (variables) => {
    const values = { ...constant };
    for (const literal of others) values[literal.name] = valueOf(literal, variables);
    return values;
  };
}

function hasVariable(value: ValueNode): boolean {
  let found = false;
  visit(value, { Variable: () => void (found = true) });
  return found;
}

function valueOf({ type, value }: Literal, variables: Variables): unknown {
  const read = valueFromAST(value, type, variables);
  if (read === undefined) throw new Error("The value of an argument is not valid.");
  return read;
}
