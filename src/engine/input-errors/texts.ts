import { GraphQLError, type ASTVisitor, type ValidationContext } from "graphql";
import { isStorable } from "../../store/texts";
import { BAD_USER_INPUT } from "../error-codes";
import { nodesAbove, placeOf } from "./place";

/** The rule that a text breaks which cannot be stored, as clients are told it. */
export const UNSTORABLE_RULE = "has a character that no text may have";

/** A validation rule that refuses such texts in a document. */
export function textRule(context: ValidationContext): ASTVisitor {
  return {
    StringValue(node, _key, parent, _path, ancestors) {
      if (isStorable(node.value)) return;
      const { argument, owner } = placeOf(context, nodesAbove(parent, ancestors));
      const message = `Argument "${argument}" of ${owner} ${UNSTORABLE_RULE}.`;
      const extensions = { validationErrorCode: BAD_USER_INPUT, argument };
      context.reportError(new GraphQLError(message, { nodes: node, extensions }));
    },
  };
}

/** The paths to such texts in the value of a variable. */
export function badTexts(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value === "string") return isStorable(value) ? [] : [[...path]];
  if (Array.isArray(value)) return value.flatMap((item, index) => badTexts(item, [...path, index]));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) => badTexts(item, [...path, key]));
}
