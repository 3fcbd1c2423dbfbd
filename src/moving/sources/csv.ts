import { SourceFault, type SourceRow } from "./source";

/** A field, quoted or not, and what ends it. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/**
 * Splits text with comma-separated values into rows. A quoted field is text, even an empty one; one without quotes that
 * is empty, `\N` or `NULL` is null.
 */
export async function* csvRows(text: AsyncIterable<string>): AsyncGenerator<SourceRow[]> {
  let rest = "";
  for await (const chunk of text) {
    rest += chunk;
    const { rows, end } = wholeRows(rest);
    rest = rest.slice(end);
    if (rows.length > 0) yield rows;
  }
  if (rest === "") return;
  const { rows, end } = wholeRows(`${rest}\n`);
  if (end <= rest.length) throw new SourceFault("a quoted field does not end, or text follows its end");
  yield rows;
}

/** The rows that a text holds wholly, and where they end. */
function wholeRows(text: string): { rows: SourceRow[]; end: number } {
  const rows: SourceRow[] = [];
  let row: (string | null)[] = [];
  let end = 0;
  FIELD.lastIndex = 0;
  for (let found = FIELD.exec(text); found && found[3] !== ""; found = FIELD.exec(text)) {
    const [, quoted, bare, separator] = found;
    row.push(quoted === undefined ? valueOf(bare!) : quoted.replaceAll('""', '"'));
    if (separator === ",") continue;
    if (row.length > 1 || row[0] !== null) rows.push(row);
    row = [];
    end = FIELD.lastIndex;
  }
  return { rows, end };
}

function valueOf(bare: string): string | null {
  return bare === "" || bare === String.raw`\N` || bare === "NULL" ? null : bare;
}
