import type { SourceTable } from "../tables/source-table";

/** A row as text, in the order of the columns of its table; null where there is no value. */
export type SourceRow = readonly (string | null)[];

/** Which rows of a table to read: those with one of the numbers in a column. */
export interface Part {
  column: string;
  /** Whole numbers, as text. */
  among: readonly string[];
}

/** The tables of an Open edX installation, as they were at one instant. */
export interface Source {
  /** What it is, without secrets. */
  name: string;
  /** The instant at which the tables were as they are read, in UTC, as `2026-01-31 12:00:00.000000`. */
  asOf: string;
  /** Whether it is a database, which goes on to change. */
  isDatabase: boolean;
  /** What the progress of reading is counted in. */
  unit: "rows" | "kB";
  /** How much there is to read of a table, in its unit. */
  sizeOf(table: SourceTable): Promise<number>;
  /**
   * Reads a table, or a part of it, some hundred rows at a time: the memory that it needs does not grow with the table.
   * `onRead` is told how much was read, in its unit. Throws a SourceFault.
   */
  read(table: SourceTable, part: Part | null, onRead: (amount: number) => void): AsyncIterable<SourceRow[]>;
  /** Ends the connection, if there is one. */
  close(): Promise<void>;
}

/** A fault of a source that its operator can mend; the message says how. */
export class SourceFault extends Error {}

/** Refuses a source that lacks tables or columns, and names all that are missing. */
export function refuseMissing(missing: readonly string[]): void {
  if (missing.length > 0) throw new SourceFault(`The source lacks ${missing.join(", ")}`);
}
