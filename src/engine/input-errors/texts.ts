import { GraphQLError, type ASTVisitor, type ValidationContext } from "graphql";
import { BAD_USER_INPUT } from "../error-codes";
import { nodesAbove, placeOf } from "./place";

/** NUL, which PostgreSQL cannot store, and unpaired surrogates, which it would store as another character. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/** The rule that such a text breaks, as clients are told it. */
export const UNSTORABLE_RULE = "has a character that no text may have";

/** A validation rule that refuses such texts in a document. */
export function textRule(context: ValidationContext): ASTVisitor {
  return {
    StringValue(node, _key, parent, _path, ancestors) {
      if (!UNSTORABLE.test(node.value)) return;
      const { argument, owner } = placeOf(context, nodesAbove(parent, ancestors));
      const message = `Argument "${argument}" of ${owner} ${UNSTORABLE_RULE}.`;
      const extensions = { validationErrorCode: BAD_USER_INPUT, argument };
      context.reportError(new GraphQLError(message, { nodes: node, extensions }));
    },
  };
}

/** The paths to such texts in the value of a variable. */
export function badTexts(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value === "string") return UNSTORABLE.test(value) ? [[...path]] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => badTexts(item, [...path, index]));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) => badTexts(item, [...path, key]));
}
