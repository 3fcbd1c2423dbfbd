import type { Exported, ExportedRow } from "../../engine/export/exporter";

/** What the last line of an export says: without it, the file is not complete. */
export interface Ending {
  /** How many objects the export holds. */
  rows: number;
  /** Whatever was committed before this instant is in the export, if it matches and is there still. */
  startedAt: Date;
}

/** A format of exports. Every line ends with its line break. */
export interface Format {
  /** The media type. */
  type: string;
  /** The line before all others; empty where there is none. */
  head: (columns: Exported["columns"]) => string;
  line: (columns: Exported["columns"], row: ExportedRow) => string;
  /** The last line. */
  end: (columns: Exported["columns"], ending: Ending) => string;
}

/** The formats by the ends of the addresses. */
export const FORMATS: Readonly<Record<string, Format>> = {
  ndjson: {
    type: "application/x-ndjson; charset=utf-8",
    head: () => "",
    line: (_columns, row) => `${JSON.stringify(row)}\n`,
    end: (_columns, ending) => `${JSON.stringify({ complete: true, ...ending })}\n`,
  },
  csv: {
    type: "text/csv; charset=utf-8; header=present",
    head: (columns) => toLine(columns.map((path) => path.join("."))),
    line: (columns, row) => toLine(columns.map((path) => valueAt(row, path))),
    end: (columns, { rows, startedAt }) =>
      toLine(columns.map((_, place) => ["complete", rows, startedAt.toISOString()][place] ?? null)),
  },
};

function valueAt(row: ExportedRow, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (object, name) => (object as Record<string, unknown> | null)?.[name] ?? null,
    row,
  );
}

function toLine(values: readonly unknown[]): string {
  return `${values.map(toCell).join(",")}\r\n`;
}

/**
 * What a spreadsheet would take for a formula: it begins with one of these signs, also after blanks, or in the wide form
 * of East Asian scripts; or with a character that some programs drop.
 */
const FORMULA = /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n\0]/;

/**
 * A value as a cell of CSV. Every text is quoted, so that no other separator that a spreadsheet knows begins a cell in its
 * middle, and what looks like a formula begins with an apostrophe, so that it stays a text.
 */
function toCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
