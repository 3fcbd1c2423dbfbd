import { ask, refusalOf } from "./ask";

/** A form of exports: lines of JSON for programs, or a table for spreadsheets. */
export type Form = "ndjson" | "csv";

/** How far an export has come. */
export interface Progress {
  /** How many objects have come. */
  rows: number;
  bytes: number;
}

/** An export that has ended before its last line: what has come of it is not kept. */
export class Incomplete extends Error {}

/**
 * Exports a list whole into a file that the browser saves, and returns how far it has come. Rejects with CombinedError
 * when it is refused, with Incomplete when it breaks off, and with AbortError when the signal stops it; then nothing is
 * saved.
 */
export async function exportList(
  list: string,
  form: Form,
  filter: URLSearchParams,
  told: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Progress> {
  const response = await ask(`export/${list}.${form}?${filter}`, signal);
  if (!response.ok) throw await refusalOf(response);
  const counted = response.body!.pipeThrough(counting(form, told));
  const content = await new Response(counted).blob().catch((error: unknown) => {
    throw signal.aborted ? error : new Incomplete();
  });
  const rows = rowsIn(await content.slice(-LAST_LINE).text());
  if (rows === null) throw new Incomplete();
  save(content, `${list}-${new Date().toISOString().slice(0, 10)}.${form}`);
  return { rows, bytes: content.size };
}

/** The last line is shorter. */
const LAST_LINE = 1_000;
const QUOTE = 0x22;
const BREAK = 0x0a;

/** Counts objects as they come: one a line. In a cell of CSV a text may have lines of its own. */
function counting(form: Form, told: (progress: Progress) => void) {
  const progress = { rows: form === "csv" ? -1 : 0, bytes: 0 }; // the first line of CSV names the columns
  let isInText = false;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, out) {
      for (const byte of chunk) {
        if (byte === QUOTE && form === "csv") isInText = !isInText;
        if (byte === BREAK && !isInText) progress.rows++;
      }
      progress.bytes += chunk.length;
      told({ ...progress, rows: Math.max(progress.rows, 0) });
      out.enqueue(chunk);
    },
  });
}

/** How many objects the last line says that there are; null where it does not say that the export is complete. */
function rowsIn(end: string): number | null {
  const last = end.trimEnd().split("\n").at(-1)!;
  const [, rows] = /^(?:\{"complete":true,"rows":|"complete",)(\d+),/.exec(last) ?? [];
  return rows === undefined ? null : Number(rows);
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be reading it
}
