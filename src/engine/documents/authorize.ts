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
import { conditionalVariables, conditionsOf, withoutLeftOut, type Conditions } from "./conditions";
import { definitionsOf } from "./documents";

/**
 * Decides before anything runs, so that it holds whatever executes the operation. Null lets it run. What the variables
 * leave out by `@include` or `@skip` is not asked for.
 */
export type Authorizer = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  actor: Actor | null,
  variables?: Readonly<Record<string, unknown>>,
) => Denial | null;

/** What an operation depends on: each rule once, with the first coordinate that depends on it. */
interface Demands {
  rules: Map<Who, string>;
  introspects: boolean;
}

/** What is remembered of an operation. */
interface Known {
  /** The variables on which its selections depend. */
  conditional: readonly string[];
  /** What it depends on, by the values of these variables. */
  demandsBy: Map<string, Demands>;
}

/** How many combinations of values are remembered of one operation. */
const COMBINATIONS_AT_MOST = 64;

/** An authorizer that walks an operation once and then asks only its few rules. */
export function authorizer(
  schema: GraphQLSchema,
  permissions: Permissions,
  mayIntrospect: (actor: Actor | null) => boolean,
): Authorizer {
  const known = new WeakMap<OperationDefinitionNode, Known>(); // as long as the document is kept
  return (document, operation, actor, variables = {}) => {
    const { conditional, demandsBy } = known.get(operation) ?? {
      conditional: conditionalVariables(document, operation),
      demandsBy: new Map<string, Demands>(),
    };
    known.set(operation, { conditional, demandsBy });
    const conditions = conditionsOf(operation, conditional, variables);
    const key = JSON.stringify(conditions);
    const demands = demandsBy.get(key) ?? demandsOf(schema, permissions, document, operation, conditions);
    if (demandsBy.size < COMBINATIONS_AT_MOST) demandsBy.set(key, demands);
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
  whole: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Conditions,
): Demands {
  const document = withoutLeftOut(whole, conditions);
  const selected = document.definitions[whole.definitions.indexOf(operation)] as OperationDefinitionNode;
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
  for (const definition of definitionsOf(document, selected)) visit(definition as ASTNode, walk);
  return demands;
}

/** A field of an interface is a field of each type behind it, so all their rules apply. */
function typesOf(schema: GraphQLSchema, type: GraphQLCompositeType | null | undefined): string[] {
  if (!type) return []; // not in the schema
  return (isAbstractType(type) ? schema.getPossibleTypes(type) : [type]).map(({ name }) => name);
}
