import type { Database } from "../../store/statement";
import type { SealedEntry } from "./sealed-entry";

/** The entries that were erased by what history does not tell of. */
export async function silentErasures(db: Database, entries: readonly SealedEntry[]): Promise<string[]> {
  const erased = entries.map((entry) => ({
    entry,
    by: Object.values(entry.erased).map(([, erasureId]) => erasureId),
  }));
  const ids = new Set(erased.flatMap(({ by }) => by));
  if (ids.size === 0) return [];
  const rows = await db.query<{ id: string }[]>(
    "select distinct id from historical_history_erasure where id = any($1::uuid[]) and history_type = '+'",
    [[...ids]],
  );
  const told = new Set(rows.map(({ id }) => id));
  return erased
    .filter(({ by }) => by.some((id) => !told.has(id)))
    .map(
      ({ entry }) => `entry ${entry.historyId} of ${entry.table} was erased, and history does not tell of it`,
    );
}
