import type { SourceTable } from "../tables/source-table";
import { TRACKED_TABLES } from "../tables/tracked-tables";
import type { RecordedEntry, Watch } from "../sources/watch-mysql";

/** The LMS takes the id of an entry before it commits: so far below the newest id, entries may still appear. */
const LOOK_BACK = 1_000;

/** The rows of a tracked table whose history has new entries. */
export interface Touched {
  live: SourceTable;
  past: SourceTable;
  /** The ids of the rows. */
  ids: string[];
  /** The new entries. */
  entries: RecordedEntry[];
}

/** Which entries of the history of an LMS have been handled. */
export class Positions {
  private readonly known = new Map<string, Set<number>>();

  /** What the LMS has recorded that was not handled yet; at first, the latest entries. */
  async touched(watch: Watch): Promise<Touched[]> {
    const all: Touched[] = [];
    for (const { live, past } of TRACKED_TABLES) {
      if (!past) continue;
      const known = this.knownOf(past);
      const newest = known.size > 0 ? Math.max(...known) : await watch.newest(past);
      const recorded = await watch.entriesAfter(past, newest - LOOK_BACK);
      const entries = recorded.filter(({ historyId }) => !known.has(historyId));
      all.push({ live, past, entries, ids: [...new Set(entries.map(({ id }) => id))] });
    }
    return all;
  }

  /** Remembers entries as handled, as far back as they are looked for. */
  handled(touched: readonly Touched[]): void {
    for (const { past, entries } of touched) {
      const known = this.knownOf(past);
      for (const { historyId } of entries) known.add(historyId);
      const oldest = Math.max(...known) - LOOK_BACK;
      for (const historyId of known) if (historyId <= oldest) known.delete(historyId);
    }
  }

  private knownOf({ name }: SourceTable): Set<number> {
    if (!this.known.has(name)) this.known.set(name, new Set());
    return this.known.get(name)!;
  }
}
