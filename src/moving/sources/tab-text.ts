import type { SourceRow } from "./source";

/** What a letter after a backslash stands for; any other character stands for itself. */
const MYSQL: ReadonlyMap<string, string> = new Map(
  Object.entries({ "0": "\0", b: "\b", n: "\n", r: "\r", t: "\t", Z: "\u001A" }),
);
/** PostgreSQL's COPY has two letters more. */
export const POSTGRES: ReadonlyMap<string, string> = new Map([...MYSQL, ["f", "\f"], ["v", "\v"]]);

/**
 * Splits text as `mysqldump --tab` writes it into rows: fields end with a tab and rows with a line feed, unless a
 * backslash precedes it. A field that is `\N` is null.
 */
export async function* tabRows(text: AsyncIterable<string>, letters = MYSQL): AsyncGenerator<SourceRow[]> {
  let rest = "";
  for await (const chunk of text) {
    rest += chunk;
    const end = endOfRows(rest);
    if (end === 0) continue;
    yield linesOf(rest.slice(0, end)).map((line) => fieldsOf(line, letters));
    rest = rest.slice(end);
  }
  if (rest !== "") yield [fieldsOf(rest, letters)];
}

/** Where the last whole row ends: after the last line feed that no backslash precedes. */
function endOfRows(text: string): number {
  for (let at = text.lastIndexOf("\n"); at >= 0; at = at === 0 ? -1 : text.lastIndexOf("\n", at - 1))
    if (!isEscaped(text, at)) return at + 1;
  return 0;
}

/** Whether an odd number of backslashes precedes a character. */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === "\\") before -= 1;
  return (at - before) % 2 === 1;
}

function linesOf(text: string): string[] {
  return joined(text.slice(0, -1).split("\n"), "\n");
}

function fieldsOf(line: string, letters: ReadonlyMap<string, string>): SourceRow {
  const fields = line.split("\t");
  if (!line.includes("\\")) return fields;
  return joined(fields, "\t").map((field) =>
    field === "\\N"
      ? null
      : field.replaceAll(/\\([^])/g, (_, letter: string) => letters.get(letter) ?? letter),
  );
}

/** Puts together again what was split at an escaped separator. */
function joined(pieces: string[], separator: string): string[] {
  const whole: string[] = [];
  let open = "";
  for (const piece of pieces) {
    const text = open + piece;
    if (isEscaped(text, text.length)) open = text + separator;
    else {
      whole.push(text);
      open = "";
    }
  }
  return open === "" ? whole : [...whole, open];
}
