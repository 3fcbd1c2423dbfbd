import { Kind, type ValueNode } from "graphql";
import { PAGE_AT_MOST, PAGE_BY_DEFAULT } from "../../graphql/pages/connection";

/** The variables of an operation. */
export type Variables = Readonly<Record<string, unknown>>;

/** A number that the document gives, by itself or by a variable with its default; null where it gives none. */
export type Given = number | null | { variable: string; fallback: number | null };
/**
 * How many items a list has: what is given as `first` and `last`, or as many as the longest list of an input has, or at
 * most so many where the input has no list.
 */
export type PageSize = readonly Given[] | { longestIn: ValueNode | undefined; atMost: number };

/** How many items a page can have; anything that is no size is refused later, by the check of the argument itself. */
export function itemsOf(size: PageSize, variables: Variables): number {
  if ("atMost" in size) return Math.min(longestListIn(size.longestIn, variables) ?? size.atMost, size.atMost);
  const given = size
    .map((one) => {
      if (one === null || typeof one === "number") return one;
      const value = variables[one.variable];
      return value === undefined ? one.fallback : value; // null is given, and takes the place of the default
    })
    .filter((one) => one !== null);
  if (given.length === 0) return PAGE_BY_DEFAULT;
  const items = given.map((one) => (typeof one === "number" && one > 0 ? Math.min(one, PAGE_AT_MOST) : 0));
  return Math.max(...items);
}

/** The length of the longest list directly in an input object; null where it has none. */
function longestListIn(input: ValueNode | undefined, variables: Variables): number | null {
  const valueOf = (node: ValueNode | undefined): unknown =>
    node?.kind === Kind.VARIABLE ? variables[node.name.value] : node?.kind === Kind.LIST ? node.values : null;
  const given =
    input?.kind === Kind.OBJECT
      ? input.fields.map(({ value }) => valueOf(value))
      : Object.values(valueOf(input) ?? {});
  const lengths = given.flatMap((value) => (Array.isArray(value) ? [value.length] : []));
  return lengths.length > 0 ? Math.max(...lengths) : null;
}
