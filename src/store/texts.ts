/** NUL, which PostgreSQL cannot store, and unpaired surrogates, which it would store as another character. */
const UNSTORABLE = /[\0\p{Cs}]/u;
const ALL_UNSTORABLE = new RegExp(UNSTORABLE, "gu");

/** A character that leaves a trace on paper, being no space, control or filler. */
const VISIBLE = /[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The form of a text that can be stored and is not blank. */
export const TEXT = new RegExp(String.raw`^(?=[^]*${VISIBLE.source})[^\0\p{Cs}]*$`, "u");

/** Whether a text can be stored as it is: otherwise two of them could become one in the database. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** A text without the characters that cannot be stored. */
export function withoutUnstorable(text: string): string {
  return text.replaceAll(ALL_UNSTORABLE, "");
}

/** Whether a text holds nothing but characters that nobody sees. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text);
}
