import {
  isNonNullType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { isLeftOut } from "../documents/conditions";
import { fragmentsOf } from "../documents/documents";
import { nodesAbove, placeOf, type Place } from "./place";
import { variableError } from "./variables";

type Variables = Readonly<Record<string, unknown>>;

/**
 * Finds variables that are null although their value is needed. A document may give a variable with a nullable type to
 * an argument that must not be null, when one of the two has a default; an explicit null then passes validation and
 * fails only when the field runs, perhaps after a mutation before it. Coerced variables are expected.
 */
export type NullChecker = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
) => GraphQLError[];

/** A checker that looks through an operation once, and again only when it could be at fault. */
export function nullChecker(schema: GraphQLSchema): NullChecker {
  const known = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>(); // as long as the document is kept
  return (document, operation, variables) => {
    const names =
      known.get(operation) ?? new Set(usesOf(schema, document, operation).map(({ name }) => name));
    known.set(operation, names);
    if (![...names].some((name) => variables[name] === null)) return [];
    return usesOf(schema, document, operation, variables)
      .filter(({ name }) => variables[name] === null)
      .map(({ name, ...place }) => variableError(name, place, "must not be null or missing"));
  };
}

/** Where an operation needs the value of a variable that may be null. With variables, only in the fields that run. */
function usesOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables?: Variables,
): (Place & { name: string })[] {
  const nullable = new Set(
    operation.variableDefinitions?.flatMap(({ type, variable }) =>
      type.kind === Kind.NON_NULL_TYPE ? [] : [variable.name.value],
    ),
  );
  if (nullable.size === 0) return [];
  const uses: (Place & { name: string })[] = [];
  const fragments = fragmentsOf(document);
  const reached = new Set<OperationDefinitionNode | FragmentDefinitionNode>([operation]);
  const types = new TypeInfo(schema);
  const walk = visitWithTypeInfo(types, {
    enter(node, _key, parent, _path, ancestors) {
      if (variables && isLeftOut(node, variables)) return false;
      if (node.kind === Kind.FRAGMENT_SPREAD) reached.add(fragments.get(node.name.value)!);
      if (node.kind === Kind.VARIABLE && nullable.has(node.name.value) && isNonNullType(types.getInputType()))
        uses.push({ name: node.name.value, ...placeOf(types, nodesAbove(parent, ancestors)) });
      return undefined;
    },
  });
  for (const definition of reached) visit(definition as ASTNode, walk);
  return uses;
}
