import { TRACKED_TYPES, type TrackedType } from "../../history/tracked-types";
import type { Database } from "../../store/statement";

/** How many entries still have personal texts, by type, that count from before an instant; types without one are left out. */
export async function countRetained(db: Database, before: Date): Promise<Map<TrackedType, number>> {
  const found = new Map<TrackedType, number>();
  for (const [type, { table }] of Object.entries(TRACKED_TYPES) as [TrackedType, { table: string }][]) {
    const history = `historical_${table}`;
    const [{ personal }] = await db.query<[{ personal: string }]>(
      "select history_personal($1, 'select o.*') as personal",
      [history],
    );
    const [{ count }] = await db.query<[{ count: number }]>(
      `select count(*)::int as count from ${history} o join history_transaction x on x.txid = o.history_txid
       where o.history_date < $1 and (x.at < $1 or exists (select from history_told t where t.txid = o.history_txid))
         and exists (${personal})`,
      [before],
    );
    if (count > 0) found.set(type, count);
  }
  return found;
}
