import { tell } from "../../words/dates";
import { t } from "../../words/words";
import { dayBefore, instantOf } from "./instants";
import { meaningOf, NAMES, QUALIFIERS, qualifierOf, type Name } from "./qualifiers";
import { termText } from "./line";

/** Something to choose instead of typing it. */
export interface Suggestion {
  /** What becomes of what is typed. */
  text: string;
  /** What it means. */
  hint: string;
  /** Whether it is a whole condition, and not only the beginning of one. */
  isWhole: boolean;
}

/** So many values are offered at once. */
const MOST = 8;
const DAYS = [0, 1, 7, 30] as const;

/** What could follow what is typed: names of qualifiers, and then values. `me` is the reader. */
export function suggestionsFor(typed: string, me: string): Suggestion[] {
  const colon = typed.indexOf(":");
  const name = qualifierOf(typed.slice(0, Math.max(colon, 0)).toLowerCase());
  if (colon >= 0) return name ? valuesOf(name, typed.slice(colon + 1), me) : [];
  const text = typed.toLowerCase();
  return NAMES.filter((known) => known.startsWith(text)).map((known) => ({
    text: `${known}:`,
    hint: t(`qualifier.${known}`),
    isWhole: false,
  }));
}

function valuesOf(name: Name, typed: string, me: string): Suggestion[] {
  return offered(name, me)
    .filter(({ value, hint }) => matches(typed, value) || matches(typed, hint))
    .slice(0, MOST)
    .map(({ value, hint }) => ({ text: termText(name, value), hint, isWhole: true }));
}

const matches = (typed: string, text: string) => text.toLowerCase().includes(typed.toLowerCase());

function offered(name: Name, me: string): { value: string; hint: string }[] {
  if (name === "from" || name === "to")
    return DAYS.map((days) => {
      const value = dayBefore(days);
      const day = tell(instantOf(value)!.from, "day");
      return { value, hint: `${t(`day.${days}`)}, ${day}` };
    });
  const values = QUALIFIERS[name].values.map((value) => ({ value, hint: meaningOf(name, value) ?? "" }));
  return name === "actor" ? [{ value: me, hint: t("qualifier.me") }, ...values] : values;
}
