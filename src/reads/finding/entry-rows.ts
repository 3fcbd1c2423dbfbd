import type { HistorySource, HistoryType } from "../../history/history-columns";
import { imageOf, TRACKED_TYPES, type Image, type TrackedType } from "../../history/tracked-types";
import type { PageRequest } from "../../store/rows/page";
import { listOf, select, type Database } from "../../store/statement";

/** One change of one row, with the row after it and before it. */
export interface Entry {
  /** Where it stands among all changes of everything; later is greater. */
  id: string;
  entityType: TrackedType;
  entityId: string;
  type: HistoryType;
  /** The instant of the change. */
  date: Date;
  /** The operation: the name of the command that made the change, or what an operator gave. */
  reason: string;
  userId: string | null;
  /** The name of the user who made the change, as it was then. */
  userLabel: string;
  /** The role in which that user acted; null where there is none or it is not known. */
  userRole: string | null;
  source: HistorySource;
  requestId: string | null;
  /** The transaction of the change. */
  txid: string;
  image: Image;
  previousImage: Image | null;
  /** The changes of the same row next to this one, within one life of it. */
  previousId: string | null;
  nextId: string | null;
}

/** Every type that has a history. */
export const ALL_TYPES = Object.keys(TRACKED_TYPES) as TrackedType[];

/** The id of the newest entry of all; null when there is none. */
export async function newestEntryId(db: Database): Promise<string | null> {
  const newest = ALL_TYPES.map((type) => `(select max(history_id) from ${historyOf(type)})`);
  const [row] = await select<{ id: string | null }>(db, `select greatest(${newest.join(", ")})::text as id`);
  return row!.id;
}

/** The first entries of the present transaction, the oldest first; `since` is an entry from before it began. */
export function entriesOfTransaction(tx: Database, since: string | null, most: number): Promise<Entry[]> {
  const sources = ALL_TYPES.map((type) => {
    const own = `select * from ${historyOf(type)}
      where history_id > $2 and history_txid = history_txid() order by history_id limit $1`;
    return `(${entriesFrom(type, `(${own}) h`)})`;
  });
  return select<Entry>(tx, `${sources.join(" union all ")} order by "order" limit $1`, [most, since ?? 0]);
}

/** A condition on the history rows `h` of a type. */
export type Condition = (type: TrackedType) => string;

/** A subselect of the history rows whose ids are in the first parameter. */
export function entriesIn(history: string): string {
  return `(select * from ${history} where history_id = any(${listOf("$1", "bigint")}))`;
}

/** The history table of a type. */
export function historyOf(type: TrackedType): string {
  return `historical_${TRACKED_TYPES[type].table}`;
}

/** The history rows of a type that match, at most `$1`: the newest of them, or the oldest. */
export function matchingOf(
  type: TrackedType,
  conditions: readonly Condition[],
  { isBackward }: Pick<PageRequest, "isBackward"> = { isBackward: false },
): string {
  const where =
    conditions.length > 0 ? `where ${conditions.map((condition) => condition(type)).join(" and ")}` : "";
  return `select h.* from ${historyOf(type)} h ${where} order by h.history_id ${isBackward ? "asc" : "desc"} limit $1`;
}

/** Entries made of the history rows `h` of a source, each with the change of the same row before and after it. */
export function entriesFrom(type: TrackedType, source: string, columns = `null::uuid as "ownerId"`): string {
  const history = historyOf(type);
  return `
    select ${columns}, h.history_id as "order", h.history_id::text as id, '${type}' as "entityType",
      h.id as "entityId", h.history_type as type, h.history_date as date, h.history_change_reason as reason,
      h.history_user_id as "userId", h.history_user_label as "userLabel", h.history_user_role as "userRole", h.history_source as source,
      h.history_request_id as "requestId", h.history_txid::text as txid, ${imageOf(type, "h")} as image,
      p.image as "previousImage", p.history_id::text as "previousId", n.history_id::text as "nextId"
    from ${source}
    left join lateral (
      select p.history_id, ${imageOf(type, "p")} as image from ${history} p
      where p.id = h.id and p.history_id < h.history_id and h.history_type <> '+'
      order by p.history_id desc limit 1
    ) p on true
    left join lateral (
      select n.history_id from ${history} n
      where n.id = h.id and n.history_id > h.history_id and h.history_type <> '-'
      order by n.history_id limit 1
    ) n on true`;
}
