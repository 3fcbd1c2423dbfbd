import {
  isAbstractType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import type { Actor } from "../../auth/actor";
import { denialOf, forbidden, UNAUTHENTICATED, type Denial } from "../../auth/denial";
import { whoMayAsk, type Permissions } from "../../auth/permissions";
import type { Who } from "../../auth/who";
import { definitionsOf } from "./documents";

/** Decides before anything runs, so that it holds whatever executes the operation. Null lets it run. */
export type Authorizer = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  actor: Actor | null,
) => Denial | null;

/** What an operation depends on: each rule once, with the first coordinate that depends on it. */
interface Demands {
  rules: Map<Who, string>;
  introspects: boolean;
}

/** An authorizer that walks an operation once and then asks only its few rules. */
export function authorizer(
  schema: GraphQLSchema,
  permissions: Permissions,
  mayIntrospect: (actor: Actor | null) => boolean,
): Authorizer {
  const known = new WeakMap<OperationDefinitionNode, Demands>(); // as long as the document is kept
  return (document, operation, actor) => {
    const demands = known.get(operation) ?? demandsOf(schema, permissions, document, operation);
    known.set(operation, demands);
    if (demands.introspects && !mayIntrospect(actor))
      return actor ? forbidden("introspection", "the staff role") : UNAUTHENTICATED;
    for (const [who, coordinate] of demands.rules) {
      const denial = denialOf(actor, who, coordinate);
      if (denial) return denial;
    }
    return null;
  };
}

function demandsOf(
  schema: GraphQLSchema,
  permissions: Permissions,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Demands {
  const demands: Demands = { rules: new Map(), introspects: false };
  const types = new TypeInfo(schema);
  /** For each open selection the types that its objects may have: in a fragment, those of what it is in. */
  const within: string[][] = [];
  const walk = visitWithTypeInfo(types, {
    SelectionSet: {
      enter(_node, _key, parent) {
        const here = typesOf(schema, types.getParentType());
        const outer = parent && "kind" in parent && parent.kind === Kind.INLINE_FRAGMENT && within.at(-1);
        within.push(outer ? here.filter((type) => outer.includes(type)) : here);
      },
      leave: () => void within.pop(),
    },
    Field({ name: { value: field } }) {
      const parent = types.getParentType();
      if (field === "__typename" || parent?.name.startsWith("__")) return; // below __schema, counted there
      if (field === "__schema" || field === "__type") demands.introspects = true;
      else
        for (const type of new Set([parent?.name ?? "", ...(within.at(-1) ?? [])])) {
          const who = whoMayAsk(permissions, type, field);
          if (!demands.rules.has(who)) demands.rules.set(who, `${type}.${field}`);
        }
    },
  });
  for (const definition of definitionsOf(document, operation)) visit(definition as ASTNode, walk);
  return demands;
}

/** A field of an interface is a field of each type behind it, so all their rules apply. */
function typesOf(schema: GraphQLSchema, type: GraphQLCompositeType | null | undefined): string[] {
  if (!type) return []; // not in the schema
  return (isAbstractType(type) ? schema.getPossibleTypes(type) : [type]).map(({ name }) => name);
}
