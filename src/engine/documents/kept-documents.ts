import { parse, type DocumentNode, type GraphQLFormattedError } from "graphql";

/** How much text of documents is kept, in characters: parsed, each takes about a hundred times as much memory. */
export const KEPT_CHARACTERS = 1_000_000;
/** How many documents that were refused are remembered. */
export const REFUSALS_KEPT = 1_000;
const REFUSAL_CHARACTERS = 4_000;

/** What stands for a refused document, so that nothing more is done with it. */
export const REFUSED: DocumentNode = parse("{ __typename }");

type Errors = readonly GraphQLFormattedError[];

/**
 * The documents that were valid, parsed, and why others were not, by the SHA-256 of their text. Both are bounded, each
 * by itself, so that refused documents do not drive out valid ones.
 */
export class KeptDocuments {
  private readonly valid = new Map<string, DocumentNode>();
  private readonly refusals = new Map<string, Errors>();
  private characters = 0;

  /** The errors with which a document was refused. */
  refusalOf(hash: string): Errors | undefined {
    return this.refusals.get(hash);
  }

  /** Remembers them, unless they are long because they repeat what was sent. */
  refuse(hash: string, errors: Errors): void {
    if (JSON.stringify(errors).length > REFUSAL_CHARACTERS) return;
    this.refusals.set(hash, errors);
    if (this.refusals.size > REFUSALS_KEPT) this.refusals.delete(this.refusals.keys().next().value!);
  }

  /** As Apollo Server asks: its keys end with the hash. */
  async get(key: string): Promise<DocumentNode | undefined> {
    if (this.refusals.has(hashIn(key))) return REFUSED;
    const document = this.valid.get(key);
    if (document) {
      this.valid.delete(key);
      this.valid.set(key, document); // at the end: the first one is the one unused for the longest time
    }
    return document;
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    if (document === REFUSED) return;
    this.drop(key);
    this.valid.set(key, document);
    this.characters += lengthOf(document);
    for (const oldest of this.valid.keys()) {
      if (this.characters <= KEPT_CHARACTERS) break;
      this.drop(oldest);
    }
  }

  async delete(key: string): Promise<void> {
    this.drop(key);
  }

  private drop(key: string): void {
    const document = this.valid.get(key);
    if (document) this.characters -= lengthOf(document);
    this.valid.delete(key);
  }
}

function hashIn(key: string): string {
  return key.slice(-64);
}

function lengthOf({ loc }: DocumentNode): number {
  return loc?.source.body.length ?? 0;
}
