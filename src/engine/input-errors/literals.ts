import {
  BREAK,
  getNamedType,
  isInputObjectType,
  isRequiredInputField,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
} from "graphql";
import { BAD_USER_INPUT } from "../error-codes";
import { nodesAbove, placeOf, type Place } from "./place";

const VALUES: ReadonlySet<string> = new Set([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
]);

/**
 * Rewrites the validation errors of graphql-js about values in the document, which repeat the value, so that they name
 * the argument and the rule instead. Which rule is read from the value and its type: graphql-js reports an object that
 * lacks required fields once for each of them, and any other value because it has the wrong type.
 */
export function renameLiteralErrors(
  schema: GraphQLSchema,
  document: DocumentNode | undefined,
  errors: readonly GraphQLError[],
): void {
  const reports = new Map<ASTNode, number>();
  for (const error of errors) {
    const [node] = error.nodes ?? [];
    const isOurs = error.extensions["validationErrorCode"] !== undefined;
    if (!document || !node || !VALUES.has(node.kind) || isOurs) continue;
    const report = reports.get(node) ?? 0;
    reports.set(node, report + 1);
    const { argument, owner, type } = placeAndTypeOf(schema, document, node);
    const missing = missingFields(node, type)[report];
    const path = missing ? `${argument}.${missing.name}` : argument;
    const rule = missing ? `is required, of type ${String(missing.type)}` : `must be of type ${String(type)}`;
    error.message = `Argument "${path}" of ${owner} ${rule}.`;
    Object.assign(error.extensions, { validationErrorCode: BAD_USER_INPUT, argument: path });
  }
}

type Type = GraphQLInputType | null | undefined;

/** The required fields that an object literal lacks, in the order of their declaration. */
function missingFields(node: ASTNode, type: Type) {
  const named = getNamedType(type);
  if (node.kind !== Kind.OBJECT || !isInputObjectType(named)) return [];
  const given = new Set(node.fields.map(({ name }) => name.value));
  return Object.values(named.getFields()).filter(
    (field) => isRequiredInputField(field) && !given.has(field.name),
  );
}

/** Where a value stands, and the type that is expected there. */
function placeAndTypeOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  target: ASTNode,
): Place & { type: Type } {
  const types = new TypeInfo(schema);
  let found: Place & { type: Type } = { argument: "", owner: "", type: null };
  const walk = visitWithTypeInfo(types, {
    enter(node, _key, parent, _path, ancestors) {
      if (node !== target) return undefined;
      const type = node.kind === Kind.LIST ? types.getParentInputType() : types.getInputType();
      found = { ...placeOf(types, nodesAbove(parent, ancestors)), type };
      return BREAK;
    },
  });
  visit(document, walk);
  return found;
}
