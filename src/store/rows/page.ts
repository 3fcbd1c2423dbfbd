/** Where a page starts: behind the row with this sort value and id. */
export interface Key {
  /** The sort value of the row. */
  value: string;
  id: string;
}

/** So many rows from a key on, or from the start. */
export interface PageRequest {
  first: number;
  after: Key | null;
}

/** A page of rows, and whether more follow. */
export interface Page<T> {
  /** The rows of the page, in their order. */
  rows: T[];
  /** Whether more rows follow. */
  hasNextPage: boolean;
}

/** Makes a page of its rows, read with one row more than asked for, to know whether more follow. */
export function toPage<T>(rows: T[], first: number): Page<T> {
  return { rows: rows.slice(0, first), hasNextPage: rows.length > first };
}
