/** A compiled file with one mistake in it. */
export interface Mutant {
  /** The line with the mistake, counted from 1. */
  line: number;
  /** That line, as it was and with the mistake, without the space around it. */
  was: string;
  is: string;
  /** The whole file with the mistake. */
  source: string;
  /** Whether the line throws an error, or is the condition for it. */
  refuses: boolean;
}

/** Mistakes in one line of compiled code: what is replaced, and by what. */
const MISTAKES: readonly (readonly [what: RegExp, by: string])[] = [
  [/(?<=\bif \().+(?=\)(?: \{)?$)/g, "true"],
  [/(?<=\bif \().+(?=\)(?: \{)?$)/g, "false"],
  // The refusal is created, but not thrown.
  [/\bthrow (?=new refusal_1\.Refusal\(|\w+\()/g, "void "],
  [/ < /g, " <= "],
  [/ <= /g, " < "],
  [/ > /g, " >= "],
  [/ >= /g, " > "],
  [/ === /g, " !== "],
  [/ !== /g, " === "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/\bMath\.min\b/g, "Math.max"],
  [/\bMath\.max\b/g, "Math.min"],
  [/\bMath\.floor\b/g, "Math.ceil"],
  [/\.some\(/g, ".every("],
];
const REFUSES = /^\s*(?:throw\b|return new refusal_1\.Refusal\()/;
const COMMENT = /^\s*(?:\/?\*|\/\/)/;

/** All files that have one of the mistakes at one place of a compiled file. */
export function mutantsOf(source: string): Mutant[] {
  const lines = source.split("\n");
  return lines.flatMap((text, index) => {
    if (COMMENT.test(text)) return [];
    const refuses = REFUSES.test(text) || (/\bif \(/.test(text) && REFUSES.test(lines[index + 1] ?? ""));
    return MISTAKES.flatMap(([what, by]) =>
      [...text.matchAll(what)].map((found) => {
        const changed = text.slice(0, found.index) + by + text.slice(found.index + found[0].length);
        return {
          line: index + 1,
          was: text.trim(),
          is: changed.trim(),
          source: lines.with(index, changed).join("\n"),
          refuses,
        };
      }),
    );
  });
}
