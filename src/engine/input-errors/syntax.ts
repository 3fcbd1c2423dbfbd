import { Lexer, TokenKind, type GraphQLError, type Source } from "graphql";
import { LIMITS } from "../documents/limits";
import { LIMIT_EXCEEDED } from "../error-codes";

const LITERALS: ReadonlySet<string> = new Set([
  TokenKind.STRING,
  TokenKind.BLOCK_STRING,
  TokenKind.INT,
  TokenKind.FLOAT,
]);

/** What a client is told of a document that cannot be parsed. */
export interface SyntaxFault {
  code: string;
  message: string;
}

/** The fault that the parser stopped at. The parser repeats literals in its messages; they are not repeated here. */
export function syntaxFault({ message, source, positions }: GraphQLError): SyntaxFault {
  const code = "GRAPHQL_PARSE_FAILED";
  if (!source || !positions) return { code, message: "Syntax Error: The document cannot be read." };
  const { kind, number } = tokenAt(source, positions[0]!);
  if (number > LIMITS.tokens)
    return {
      code: LIMIT_EXCEEDED,
      message: `The document has more than the ${LIMITS.tokens} tokens allowed.`,
    };
  return { code, message: LITERALS.has(kind) ? `Syntax Error: Unexpected ${kind}.` : message };
}

/** The kind of the token at a position, and its number from 1; the kind is empty where no token can be read. */
function tokenAt(source: Source, position: number): { kind: string; number: number } {
  const lexer = new Lexer(source);
  for (let number = 1; ; number++)
    try {
      const { kind, start } = lexer.advance();
      if (start >= position || kind === TokenKind.EOF) return { kind, number };
    } catch {
      return { kind: "", number };
    }
}
