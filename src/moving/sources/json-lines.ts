import { SourceFault } from "./source";

/** Splits text into the objects that its lines hold, by name; every value but null becomes text. */
export async function* jsonRows(
  text: AsyncIterable<string>,
): AsyncGenerator<Record<string, string | null>[]> {
  let rest = "";
  for await (const chunk of text) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield lines.flatMap(objectOf);
  }
  yield objectOf(rest);
}

function objectOf(line: string): Record<string, string | null>[] {
  if (line.trim() === "") return [];
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new SourceFault("a line is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new SourceFault("a line is not an object");
  return [Object.fromEntries(Object.entries(value).map(([name, field]) => [name, textOf(field)]))];
}

function textOf(value: unknown): string | null {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  throw new SourceFault("a value is neither text, a whole number, true, false nor null");
}
