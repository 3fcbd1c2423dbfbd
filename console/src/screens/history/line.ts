import type { HistoryFilter } from "../../gql/graphql";
import { t } from "../../words/words";
import { NAMES, QUALIFIERS, qualifierOf, type Name } from "./qualifiers";

/** One condition of a search, such as `actor:grace`. */
export interface Term {
  /** As it stands in the line. */
  text: string;
  /** Undefined where it is no qualifier. */
  name: Name | undefined;
  /** What stands after the colon. */
  value: string;
  /** What is wrong with it, in words; null where nothing is. */
  fault: string | null;
}

/** The conditions of a line of search. A value with blanks stands in quotation marks. */
export function termsOf(line: string): Term[] {
  const terms: Term[] = [];
  for (const [text] of line.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)) {
    if (terms.some((term) => term.text === text)) continue;
    const colon = text.indexOf(":");
    const name = qualifierOf(text.slice(0, Math.max(colon, 0)).toLowerCase());
    const value = text.slice(colon + 1).replaceAll('"', "");
    terms.push({ text, name, value, fault: faultOf(text, name, value, terms) });
  }
  return terms;
}

function faultOf(text: string, name: Name | undefined, value: string, before: Term[]): string | null {
  if (!name) {
    const given = text.includes(":") ? text.slice(0, text.indexOf(":") + 1) : null;
    if (given === null) return t("fault.noQualifier", { text });
    return t("fault.unknown", { name: given, names: NAMES.map((known) => `${known}:`).join(" ") });
  }
  const { isList, read, values } = QUALIFIERS[name];
  if (!value) return t("fault.empty", { name });
  if (!isList && before.some((term) => term.name === name)) return t("fault.twice", { name });
  if (read(value) !== undefined) return null;
  if (values.length > 0) return t("fault.value", { name, value, values: values.join(", ") });
  if (name === "from" || name === "to") return t("fault.instant", { name, value });
  return t(name === "entity" || name === "entitlement" ? "fault.id" : "fault.long", { name, value });
}

/** The line of conditions. */
export const lineOf = (terms: readonly Pick<Term, "text">[]): string =>
  terms.map(({ text }) => text).join(" ");

/** A condition as it stands in a line. */
export const termText = (name: Name, value: string): string =>
  `${name}:${/\s/.test(value) ? `"${value}"` : value}`;

/** What the API is asked for, by conditions that are right. */
export function filterOf(terms: readonly Term[]): HistoryFilter {
  const filter: Record<string, string | string[]> = {};
  for (const { name, value } of terms) {
    if (!name) continue;
    const { field, isList, read } = QUALIFIERS[name];
    const given = read(value);
    if (given === undefined) continue;
    filter[field] = isList ? [...new Set([...((filter[field] as string[]) ?? []), given])] : given;
  }
  return filter;
}

/** The same conditions as parameters of an address, in which a list repeats its name. */
export function parametersOf(filter: HistoryFilter): URLSearchParams {
  const pairs = Object.entries(filter as Record<string, string | string[]>);
  return new URLSearchParams(
    pairs.flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, each])),
  );
}
