import { GraphQLError, type ASTVisitor, type ValidationContext } from "graphql";

/** NUL, which PostgreSQL cannot hold, and halves of characters, which it would hold as something else. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/** What is told of a text that holds one. */
export const UNSTORABLE_RULE = "has a character that no text may have";

/** Refuses such texts where they are written into a document. */
export function textRule(context: ValidationContext): ASTVisitor {
  return {
    StringValue(node) {
      if (UNSTORABLE.test(node.value))
        context.reportError(new GraphQLError(UNSTORABLE_RULE, { nodes: node }));
    },
  };
}

/** Where in a variable's value such texts are: the path to each. */
export function badTexts(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value === "string") return UNSTORABLE.test(value) ? [[...path]] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => badTexts(item, [...path, index]));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) => badTexts(item, [...path, key]));
}
