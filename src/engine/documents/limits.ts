import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";
import { LIMIT_EXCEEDED } from "../error-codes";

/** What one operation may ask for at most. `tokens` bounds the whole document, `nodes` the answer. */
export const LIMITS = {
  tokens: 1_000,
  selections: 5_000, // with fragments counted wherever they are spread
  depth: 10,
  aliases: 15,
  directives: 8,
  rootFields: 20,
  nodes: 2_000,
};

/** An operation that asks for too much; refused before anything runs. */
export function limitExceeded(what: string, asked: number, most: number): GraphQLError {
  return new GraphQLError(`The operation asks for ${asked} ${what}; at most ${most} are allowed.`, {
    extensions: { code: LIMIT_EXCEEDED, validationErrorCode: LIMIT_EXCEEDED },
  });
}

interface Size {
  depth: number;
  aliases: number;
  directives: number;
  fields: number;
}

/** A validation rule: how deep and wide an operation is, with its fragments counted wherever they are spread. */
export function sizeRule(context: ValidationContext): ASTVisitor {
  const sizes = new Map<string, Size>();

  function sizeOf(set: SelectionSetNode | undefined): Size {
    const size: Size = { depth: 0, aliases: 0, directives: 0, fields: 0 };
    for (const selection of set?.selections ?? []) {
      size.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const inner = sizeOf(selection.selectionSet);
        const isIntrospection = selection.name.value.startsWith("__"); // whose depth graphql-js bounds itself
        add(size, { ...inner, depth: isIntrospection ? 1 : inner.depth + 1, fields: 1 });
        size.aliases += selection.alias ? 1 : 0;
      } else if (selection.kind === Kind.INLINE_FRAGMENT) add(size, sizeOf(selection.selectionSet));
      else add(size, sizeOfFragment(context.getFragment(selection.name.value)));
    }
    return size;
  }

  function sizeOfFragment(fragment: FragmentDefinitionNode | null | undefined): Size {
    const name = fragment?.name.value ?? "";
    const size = sizes.get(name) ?? sizeOf(fragment?.selectionSet);
    sizes.set(name, size);
    return size;
  }

  return {
    OperationDefinition(operation: OperationDefinitionNode) {
      const { depth, aliases, directives, fields } = sizeOf(operation.selectionSet);
      const own = [operation, ...(operation.variableDefinitions ?? [])];
      const ownDirectives = own.reduce((sum, node) => sum + (node.directives?.length ?? 0), 0);
      const check = (what: string, asked: number, most: number) =>
        asked > most && context.reportError(limitExceeded(what, asked, most));
      check("levels of fields", depth, LIMITS.depth);
      check("aliases", aliases, LIMITS.aliases);
      check("directives", directives + ownDirectives, LIMITS.directives);
      check("root fields", fields, LIMITS.rootFields);
    },
  };
}

function add(sum: Size, part: Size): void {
  sum.depth = Math.max(sum.depth, part.depth);
  sum.aliases += part.aliases;
  sum.directives += part.directives;
  sum.fields += part.fields;
}
