import { TRACKED_TYPES, type TrackedType } from "../../history/tracked-types";
import type { Database } from "../../store/statement";
import { instantOf } from "./entry-texts";
import type { SealedEntry } from "./sealed-entry";

/** An erasure as history tells of it. */
interface Told {
  id: string;
  /** Null for the erasure of a user. */
  entityType: TrackedType | null;
  /** As entries have it; null for the erasure of a user. */
  coversUntil: string | null;
}

/** The entries that were erased by what history does not tell of, or by a retention of other or of older entries. */
export async function silentErasures(db: Database, entries: readonly SealedEntry[]): Promise<string[]> {
  const erased = entries.map((entry) => ({
    entry,
    by: Object.values(entry.erased).map(([, erasureId]) => erasureId),
  }));
  const ids = new Set(erased.flatMap(({ by }) => by));
  if (ids.size === 0) return [];
  const rows = await db.query<Told[]>(
    `select distinct id, entity_type as "entityType",
       ${instantOf("covers_until")} as "coversUntil"
     from historical_history_erasure where id = any($1::uuid[]) and history_type = '+'`,
    [[...ids]],
  );
  const told = new Map(rows.map((row) => [row.id, row]));
  return erased
    .filter(({ entry, by }) => by.some((id) => !tellsOf(told.get(id), entry)))
    .map(
      ({ entry }) => `entry ${entry.historyId} of ${entry.table} was erased, and history does not tell of it`,
    );
}

function tellsOf(told: Told | undefined, entry: SealedEntry): boolean {
  if (!told?.entityType) return told !== undefined;
  const isOfType = entry.table === `historical_${TRACKED_TYPES[told.entityType]?.table}`;
  return isOfType && String(entry.valueOf("history_date")) < told.coversUntil!;
}

/** The erasures by which more or fewer entries were erased than history tells. */
export async function miscountedErasures(db: Database): Promise<string[]> {
  const rows = await db.query<{ id: string; told: number; found: number }[]>(
    `select told.id, told.entries as told, erased.entries::int as found
     from historical_history_erasure told join (
       select erasure_id, count(distinct history_id) as entries from history_erased group by erasure_id
     ) erased on erased.erasure_id = told.id
     where told.history_type = '+' and told.entries <> erased.entries order by told.history_id`,
  );
  return rows.map(({ id, told, found }) => `the erasure ${id} tells of ${told} entries, and erased ${found}`);
}
