/** What a file of kept checkpoints holds. */
export interface Kept {
  /** The checkpoints, each with its signatures. */
  notes: string[];
  /** How many pieces are no whole checkpoint, as a full disk or a loss of power leaves them. */
  torn: number;
}

/** The three lines that are signed, and the empty one below them. */
const HEAD = /(.+)\n\d+\n[A-Za-z0-9+/]{43}=\n\n/g;
/** Lines of signatures, one of which at least is as long as one of Ed25519 is. */
const SIGNATURES = /^(?:— .+\n)*— \S+ [A-Za-z0-9+/]{91,}={0,2}\n(?:— .+\n)*/;

/**
 * The checkpoints of the history of a name that stand one after the other in a text. A checkpoint begins where its name does,
 * also in the middle of a line: the piece of another one, that was not written to its end, then stands before it.
 */
export function readKept(text: string, name: string): Kept {
  const kept: Kept = { notes: [], torn: 0 };
  const heads = [...text.matchAll(HEAD)].map(({ 0: whole, 1: line, index }) => ({
    start: line!.endsWith(name) ? index + line!.length - name.length : index,
    end: index + whole.length,
  }));
  const countTorn = (rest: string) => void (kept.torn += rest.trim() === "" ? 0 : 1);
  countTorn(text.slice(0, heads[0]?.start));
  for (const [i, { start, end }] of heads.entries()) {
    const below = text.slice(end, heads[i + 1]?.start);
    const [signatures] = SIGNATURES.exec(below) ?? [];
    if (signatures !== undefined) kept.notes.push(text.slice(start, end) + signatures);
    countTorn(signatures === undefined ? text.slice(start, end) : below.slice(signatures.length));
  }
  return kept;
}
