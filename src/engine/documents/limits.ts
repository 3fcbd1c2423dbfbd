import { GraphQLError } from "graphql";
import { LIMIT_EXCEEDED } from "../error-codes";

/** What one operation may ask for at most. `tokens` bounds the whole document, `nodes` the answer. */
export const LIMITS = {
  tokens: 1_000,
  fields: 250, // as written, in the whole document
  anonymousFields: 100, // the same, in a request without a token
  repeats: 60, // of one response name in one selection
  selections: 5_000, // in the whole document, with fragments counted wherever they are spread
  depth: 10,
  aliases: 15,
  directives: 8,
  rootFields: 20,
  nodes: 2_000, // in pages
  listItems: 25, // for which a list counts that has no pages
  dataExportItems: 50, // for which the data of an account count, each with a page of history
  objects: 6_000, // in pages and lists, and objects shown at another time
  values: 100_000, // of all of these, each a field without a selection
  variableLevels: 20, // of lists and objects in one variable
  answerBytes: 2_000_000,
};

/** An operation that asks for too much; refused before anything runs. */
export function limitExceeded(what: string, asked: number, most: number): GraphQLError {
  return tooMuch(`The operation asks for ${asked} ${what}; at most ${most} are allowed.`);
}

/** The refusal of a document with too many selections, whose number is not told as it may be beyond all bounds. */
export function tooManySelections(): GraphQLError {
  return tooMuch(`The document has more than the ${LIMITS.selections} selections allowed.`);
}

function tooMuch(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: LIMIT_EXCEEDED, validationErrorCode: LIMIT_EXCEEDED },
  });
}
