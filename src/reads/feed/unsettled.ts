import { FRESH, PLACE, type Place } from "../../history/settle";
import { select, type Database } from "../../store/statement";

/** What is committed and has no place in history yet. */
export interface Unsettled {
  /** How many entries. */
  entries: number;
  /** How long ago the oldest of these changes was made, in seconds; 0 where there is none. */
  oldestSeconds: number;
}

/** How much is committed and not settled yet, for metrics. */
export async function unsettled(db: Database): Promise<Unsettled> {
  const [place] = await select<Place>(db, PLACE);
  const [row] = await select<Unsettled>(
    db,
    `select coalesce(sum(entries), 0)::int as entries,
       coalesce(extract(epoch from history_now() - min(first_date)), 0)::float8 as "oldestSeconds"
     from (${FRESH}) fresh`,
    [place!.from, place!.among],
  );
  return row!;
}
