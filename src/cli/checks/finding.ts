import { wordOf } from "../../gateways/http-client";
import { NETWORK_FAULTS } from "../../network-faults";

/** What came of one question to the database or to another system. */
export interface Finding {
  /** What was asked about, in a few words. */
  what: string;
  /** `wrong` is what cannot work as it is configured; a `note` concerns only some installations. */
  verdict: "ok" | "note" | "wrong";
  /** What was found; and what to set, and in which system, when something is wrong. */
  found: string;
}

/** What to do about a failure, by the word of its cause; `other` for all that are not named. */
export interface Advice {
  /** What to do about any other failure. */
  other: string;
  [word: string]: string;
}

/** Something that is wrong, although there was an answer: the message is the finding. */
export class Wrong extends Error {}

/** Asks one question. Never rejects. */
export async function finding(what: string, ask: () => Promise<string>, advice: Advice): Promise<Finding> {
  try {
    return { what, verdict: "ok", found: await ask() };
  } catch (error) {
    if (error instanceof Wrong) return { what, verdict: "wrong", found: error.message };
    const word = wordOf(error).replace(/^NO_TOKEN:/, "");
    return { what, verdict: "wrong", found: `${causeInWords(word)}: ${advice[word] ?? advice.other}` };
  }
}

/** A cause of a failure in words, which complete a sentence about the other system. */
export function causeInWords(word: string): string {
  const status = /^HTTP[ _](\d{3})$/.exec(word)?.[1];
  if (status) return `it answers with the status ${status}`;
  if (word === "TimeoutError") return "it does not answer in time";
  if (["NONSENSE", "SyntaxError", "ZodError"].includes(word)) return "its answer makes no sense";
  return NETWORK_FAULTS[word]?.text ?? `it cannot be asked (${word})`;
}
