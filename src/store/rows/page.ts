import type { Parameter } from "../statement";

/** Where a row stands in its list. */
export interface Key {
  /** The sort value of the row. */
  value: string;
  id: string;
}

/** So many rows next to a key, in a direction of reading; without a key, at the end of the list where reading begins. */
export interface PageRequest {
  /** At most so many rows. */
  size: number;
  key: Key | null;
  /** Whether the rows before the key are meant, the nearest first. */
  isBackward: boolean;
  /** Whether the row of the key is one of them. */
  isInclusive?: boolean;
}

/** A page of rows, and whether there are more. */
export interface Page<T> {
  /** The rows of the page, in the order of the list. */
  rows: T[];
  /** Whether there are more rows in the direction of reading. */
  hasMore: boolean;
}

/** How a list is sorted, as SQL: by a value and then by id, both in one direction. */
export interface Sorting {
  /** The expression to sort by. */
  value: string;
  id: string;
  /** From low to high, or from high to low. */
  direction: "ASC" | "DESC";
}

/** The first rows of a list. */
export function firstRows(size: number): PageRequest {
  return { size, key: null, isBackward: false };
}

/** SQL of a page: the condition that its rows meet, and the order in which they are read. */
export function sliceOf(
  { value, id, direction }: Sorting,
  { key, isBackward, isInclusive = false }: PageRequest,
  parameter: Parameter,
): { condition: string; order: string } {
  const isAscending = (direction === "ASC") !== isBackward;
  const way = isAscending ? "asc" : "desc";
  const beyond = `${isAscending ? ">" : "<"}${isInclusive ? "=" : ""}`;
  return {
    condition: key ? `(${value}, ${id}) ${beyond} (${parameter(key.value)}, ${parameter(key.id)})` : "true",
    order: `${value} ${way}, ${id} ${way}`,
  };
}

/** Makes a page of its rows, read with one row more than asked for, to know whether there are more. */
export function toPage<T>(read: readonly T[], { size, isBackward }: PageRequest): Page<T> {
  const rows = read.slice(0, size);
  return { rows: isBackward ? rows.toReversed() : rows, hasMore: read.length > size };
}

/** The page of the rows on the other side of a page's key, with the row of the key; it holds none of them. */
export function otherSideOf({ key, isBackward }: PageRequest): PageRequest {
  return { size: 0, key, isBackward: !isBackward, isInclusive: true };
}
