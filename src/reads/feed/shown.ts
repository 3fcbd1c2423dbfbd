import type { Change } from "../../history/tracked-types";
import { toDuration } from "../../rules/durations";
import type { FieldKind } from "../../store/rows/fields";

/** A stored value as its GraphQL field would have it; references by their id. */
export function shown(kind: FieldKind, value: Change["to"]): unknown {
  if (value === null) return null;
  if (kind === "instant" || kind === "stamp") return toInstant(String(value));
  if (kind === "duration") return toDuration(Number(value));
  return kind === "value" ? value : String(value);
}

/** An instant as a DateTime; one that no client could read, which older entries may hold, as PostgreSQL writes it. */
function toInstant(stored: string): string {
  const at = new Date(stored);
  const year = at.getUTCFullYear(); // NaN where JavaScript has no such instant
  return year >= 1 && year <= 9_999 ? at.toISOString() : stored;
}
