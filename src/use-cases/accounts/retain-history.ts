import { randomUUID } from "node:crypto";
import type { DataSource, EntityManager } from "typeorm";
import { HistoryErasure } from "../../entities/accounts/history-erasure";
import { TRACKED_TYPES, type TrackedType } from "../../history/tracked-types";
import { transact } from "../../store/transact";
import { systemCommand } from "../system-command";
import { forgetWords } from "./forget-words";

/** Entries whose personal texts are removed in one transaction. */
const ENTRIES_AT_ONCE = 5_000;
/** Accounts whose keys are replaced in one transaction. */
const KEYS_AT_ONCE = 100;

/** Which personal texts history loses, and why. */
export interface Retention {
  /** The entries that count from before this instant. */
  before: Date;
  /** Why. It must not name anyone. */
  comments: string;
}

/**
 * Removes personal texts from the entries of history that count from before an instant, and from rows that have not changed
 * since; afterwards also the keys by which they could be found from their hashes. Each transaction is a part that history
 * tells of; what is left when the process ends, the same command does later. Returns of how many entries, by type.
 */
export const retainHistory = systemCommand(
  "retainHistory",
  async (
    sign,
    db: DataSource,
    retention: Retention,
    now: Date,
    onProgress: (entries: number) => void = () => undefined,
  ): Promise<Map<TrackedType, number>> => {
    const removed = new Map<TrackedType, number>();
    let total = 0;
    for (const type of Object.keys(TRACKED_TYPES) as TrackedType[]) {
      for (let after: string | null = "0"; after !== null;) {
        const from: string = after;
        const part = await transact(db, sign("CLI", null), (tx) =>
          retainSome(tx, type, from, retention, now),
        );
        after = part.last;
        if (part.entries === 0) continue;
        removed.set(type, (removed.get(type) ?? 0) + part.entries);
        onProgress((total += part.entries));
      }
    }
    for (let keys = KEYS_AT_ONCE; keys === KEYS_AT_ONCE;)
      keys = await transact(db, sign("CLI", null), forgetSomeKeys);
    return removed;
  },
);

async function retainSome(
  tx: EntityManager,
  type: TrackedType,
  after: string,
  { before, comments }: Retention,
  now: Date,
): Promise<{ last: string | null; entries: number }> {
  const id = randomUUID();
  const { table } = TRACKED_TYPES[type];
  const [part] = await tx.query<[{ last: string | null; entries: number }]>(
    "select last, entries from history_retain($1, $2, $3, $4, $5)",
    [`historical_${table}`, before, id, after, ENTRIES_AT_ONCE],
  );
  const { entries } = part;
  if (entries === 0) return part;
  await forgetWords(tx, type, id, "NEWEST_ENTRY");
  await tx.save(HistoryErasure, {
    id,
    userId: null,
    entityType: type,
    coversUntil: before,
    comments,
    entries,
    createdAt: now,
  });
  return part;
}

async function forgetSomeKeys(tx: EntityManager): Promise<number> {
  const [{ keys }] = await tx.query<[{ keys: number }]>("select history_forget_keys($1) as keys", [
    KEYS_AT_ONCE,
  ]);
  return keys;
}
