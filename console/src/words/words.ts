import { IntlMessageFormat } from "intl-messageformat";
import type { bulk } from "./en/bulk";
import type { commands } from "./en/commands";
import type { entitlement } from "./en/entitlement";
import { entitlements } from "./en/entitlements";
import { find } from "./en/find";
import type { history } from "./en/history";
import type { historySearch } from "./en/history-search";
import type { policies } from "./en/policies";
import { shell } from "./en/shell";
import { states } from "./en/states";
import type { waiting } from "./en/waiting";
import { LANGUAGE } from "./language";

/** The words that several screens use. */
const SHARED = {
  ...shell,
  ...find,
  ...states,
  ...entitlements,
};

/**
 * The words that a screen or a part of it brings with it, so that the first page is small: the table is named here, and what
 * is loaded adds it with `addWords`.
 */
type Brought = typeof bulk &
  typeof commands &
  typeof entitlement &
  typeof history &
  typeof historySearch &
  typeof policies &
  typeof waiting;

/** The key of a message, which the tables in `en/` hold. */
export type Word = keyof typeof SHARED | keyof Brought;

/** The words of this page's language. Those of another language than English are loaded at once. */
const known: Partial<Record<Word, string>> =
  LANGUAGE === "de" ? { ...(await import("./de")).WORDS } : { ...SHARED };

/** Adds words in English when what uses them is loaded; those of another language are there already. */
export function addWords(words: Partial<Brought>): void {
  if (LANGUAGE === "en") Object.assign(known, words);
}

const made = new Map<Word, IntlMessageFormat>();

/** A message in the language of the reader; messages are in the ICU format. An unknown key is returned as it is. */
export function t(word: Word, values?: Record<string, string | number>): string {
  let message = made.get(word);
  if (!message) {
    message = new IntlMessageFormat(known[word] ?? word.split(".").pop()!, LANGUAGE);
    made.set(word, message);
  }
  return String(message.format(values));
}

/** The message of a key that is put together from what the API names, which may be newer than this console. */
export const word = (key: string): string => t(key as Word);

/** What an operation has done, as a verb: “ada **chose a session**”. */
export const operationWord = (operation: string): string => word(`operation.${operation}`);

/** The name of a stored field. */
export const fieldWord = (field: string): string => word(`field.${field}`);
