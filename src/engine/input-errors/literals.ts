import {
  BREAK,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
} from "graphql";
import { UNSTORABLE_RULE } from "./texts";
import { BAD_USER_INPUT } from "../error-codes";

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
 * Rewrites validation errors about values written into the document, which repeat the value, so that they name the
 * argument and the rule instead.
 */
export function renameLiteralErrors(
  schema: GraphQLSchema,
  document: DocumentNode | undefined,
  errors: readonly GraphQLError[],
): void {
  for (const error of errors) {
    const [node] = error.nodes ?? [];
    if (!document || !node || !VALUES.has(node.kind)) continue;
    const { argument, owner, type } = placeOf(schema, document, node);
    const required = /^Field "[^"]+?\.([^".]+)" of required type "([^"]+)" was not provided/.exec(
      error.message,
    );
    const path = required ? `${argument}.${required[1]}` : argument;
    const told = error.message === UNSTORABLE_RULE ? UNSTORABLE_RULE : `must be of type ${type}`;
    const rule = required ? `is required, of type ${required[2]}` : told;
    error.message = `Argument "${path}" of ${owner} ${rule}.`;
    Object.assign(error.extensions, { validationErrorCode: BAD_USER_INPUT, argument: path });
  }
}

/** Where in the arguments a value stands, and what is expected there. */
function placeOf(schema: GraphQLSchema, document: DocumentNode, target: ASTNode) {
  const types = new TypeInfo(schema);
  const place = { argument: "", owner: "", type: "" };
  const walk = visitWithTypeInfo(types, {
    enter(node, _key, parent, _path, ancestors) {
      if (node !== target) return undefined;
      const within = [...ancestors, parent].flatMap((one) => (one && "kind" in one ? [one] : []));
      const fields = within.flatMap((ancestor) =>
        ancestor.kind === Kind.OBJECT_FIELD || ancestor.kind === Kind.ARGUMENT ? [ancestor.name.value] : [],
      );
      const variable = within.find((ancestor) => ancestor.kind === Kind.VARIABLE_DEFINITION);
      const directive = types.getDirective();
      const field = `${types.getParentType()?.name}.${types.getFieldDef()?.name}`;
      place.argument = variable ? `$${variable.variable.name.value}` : fields.join(".");
      place.owner = variable ? "the operation" : directive ? `@${directive.name}` : field;
      place.type = String(node.kind === Kind.LIST ? types.getParentInputType() : types.getInputType());
      return BREAK;
    },
  });
  visit(document, walk);
  return place;
}
