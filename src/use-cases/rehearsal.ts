import type { DataSource, EntityManager } from "typeorm";
import { entriesOfTransaction, newestEntryId, type Entry } from "../reads/finding/entry-rows";
import { transact, type Change } from "../store/transact";

/** The greatest number of history entries that a dry run returns: no more than a list without pages counts for. */
export const PREVIEW_AT_MOST = 25;

/** A dry run of a command: the history entries that it would have recorded, the first change first. */
export interface Rehearsal {
  entries: Entry[];
}

/**
 * Does all the work of a transaction, its checks at commit included, and undoes it. Rejects with whatever the transaction
 * itself would reject with. Its history entries are added to the rehearsal.
 */
export async function rehearse<T>(
  db: DataSource,
  change: Change,
  rehearsal: Rehearsal,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  const undo = new Error("A dry run is undone");
  let result: T;
  try {
    return await transact(db, change, async (tx) => {
      const newest = await newestEntryId(tx);
      result = await work(tx);
      await tx.query("set constraints all immediate");
      const room = PREVIEW_AT_MOST - rehearsal.entries.length;
      if (room > 0) rehearsal.entries.push(...(await entriesOfTransaction(tx, newest, room)));
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
    return result!;
  }
}
