import type { SourceRow } from "../sources/source";

/** How rows are written to a file. */
export interface Format {
  /** The end of the file's name. */
  ending: string;
  /** What comes before the rows. */
  header(columns: readonly string[]): string;
  /** A row, with the end of its line. */
  line(columns: readonly string[], row: SourceRow): string;
}

/** As `mysqldump --tab` writes them. */
const TXT: Format = {
  ending: "txt",
  header: () => "",
  line: (_, row) => `${row.map(escaped).join("\t")}\n`,
};

/** Comma-separated values with a header; text is always in quotes, and null never. */
const CSV: Format = {
  ending: "csv",
  header: (columns) => `${columns.join(",")}\n`,
  line: (_, row) =>
    `${row.map((value) => (value === null ? "" : `"${value.replaceAll('"', '""')}"`)).join(",")}\n`,
};

/** JSON Lines: all values are text or null. */
const JSONL: Format = {
  ending: "jsonl",
  header: () => "",
  line: (columns, row) =>
    `${JSON.stringify(Object.fromEntries(columns.map((column, i) => [column, row[i]])))}\n`,
};

/** The formats by the names that an operator gives. */
export const FORMATS: Readonly<Record<string, Format>> = { txt: TXT, csv: CSV, jsonl: JSONL };

function escaped(value: string | null): string {
  if (value === null) return String.raw`\N`;
  return /[\\\t\n\0]/.test(value)
    ? value.replaceAll(/[\\\t\n\0]/g, (found) => (found === "\0" ? String.raw`\0` : `\\${found}`))
    : value;
}
