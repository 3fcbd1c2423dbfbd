import { isRefundOf } from "./refunds";
import { byKey } from "../store/by-key";
import { listOf, select, type Database } from "../store/statement";
import type { HistorySource, HistoryType } from "../history/historical";
import { imageOf, TRACKED_TYPES, type Image, type TrackedType } from "../history/tracked-types";

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

/** Which changes to look for; all that is given must hold, null counts as not given. */
export interface EntryCriteria {
  entityTypes?: readonly TrackedType[] | null;
  entityIds?: readonly string[] | null;
  types?: readonly HistoryType[] | null;
  sources?: readonly HistorySource[] | null;
  /** The operations to find. */
  reasons?: readonly string[] | null;
  /** The name of the user whose changes to find. */
  userLabel?: string | null;
  requestId?: string | null;
  /** The learner who asks, and is not told of refunds that were requested while the entitlement was another's. */
  learnerId?: string | null;
  /** At or after. */
  from?: Date | null;
  /** Before. */
  before?: Date | null;
}

/** So many entries older than this one, or the newest. */
export interface EntryPage {
  first: number;
  /** The id of the entry behind which the page begins. */
  after: string | null;
}

const ALL_TYPES = Object.keys(TRACKED_TYPES) as TrackedType[];

/** Changes of anything, newest first; one more than asked for when more follow. */
export function findEntries(db: Database, criteria: EntryCriteria, page: EntryPage): Promise<Entry[]> {
  const values: unknown[] = [page.first + 1];
  const conditions = conditionsOf(criteria, page.after, values);
  const sources = ALL_TYPES.map((type) => `(${entriesFrom(type, `(${newestOf(type, conditions)}) h`)})`);
  return select<Entry>(db, `${sources.join(" union all ")} order by "order" desc limit $1`, values);
}

/** For each row of a type, its changes and those of what belongs to it, newest first: one statement for all. */
export async function entriesOf(
  db: Database,
  type: TrackedType,
  ids: readonly string[],
  criteria: EntryCriteria,
  page: EntryPage,
): Promise<Entry[][]> {
  const values: unknown[] = [page.first + 1, ids];
  const conditions = conditionsOf(criteria, page.after, values);
  const sources = ALL_TYPES.flatMap((entityType) => {
    const owner = entityType === type ? "id" : OWNERS[type]?.[entityType];
    if (!owner) return [];
    const newest = newestOf(entityType, [...conditions, () => `h.${owner} = k.owner_id`]);
    const source = `unnest(${listOf("$2", "uuid")}) k(owner_id) cross join lateral (${newest}) h`;
    return `(${entriesFrom(entityType, source, "k.owner_id")})`;
  });
  const rows = await select<Entry & { ownerId: string }>(
    db,
    `${sources.join(" union all ")} order by "order" desc`,
    values,
  );
  const found = new Map<string, Entry[]>(ids.map((id) => [id, []]));
  for (const row of rows) {
    const entries = found.get(row.ownerId)!;
    if (entries.length <= page.first) entries.push(row);
  }
  return ids.map((id) => found.get(id)!);
}

/** Entries by id; null for those that do not exist. */
export async function entriesById(db: Database, ids: readonly string[]): Promise<(Entry | null)[]> {
  const sources = ALL_TYPES.map((type) => `(${entriesFrom(type, `${entriesIn(historyOf(type))} h`)})`);
  const rows = await select<Entry>(db, sources.join(" union all "), [ids]);
  return byKey(ids, rows, ({ id }) => id);
}

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
      where history_id > $2 and history_txid = pg_current_xact_id()::text::bigint order by history_id limit $1`;
    return `(${entriesFrom(type, `(${own}) h`)})`;
  });
  return select<Entry>(tx, `${sources.join(" union all ")} order by "order" limit $1`, [most, since ?? 0]);
}

/** A subselect of the history rows whose ids are in the first parameter. */
export function entriesIn(history: string): string {
  return `(select * from ${history} where history_id = any(${listOf("$1", "bigint")}))`;
}

/** What belongs to a row of a type, by the column that refers to it. */
const OWNERS: Partial<Record<TrackedType, Partial<Record<TrackedType, string>>>> = {
  COURSE_ENTITLEMENT: { SUPPORT_DETAIL: "entitlement_id", REFUND: "entitlement_id" },
};

function historyOf(type: TrackedType): string {
  return `historical_${TRACKED_TYPES[type].table}`;
}

/** A condition on the history rows `h` of a type. */
type Condition = (type: TrackedType) => string;

/** The newest history rows of a type that match, at most `$1`. */
function newestOf(type: TrackedType, conditions: readonly Condition[]): string {
  const where =
    conditions.length > 0 ? `where ${conditions.map((condition) => condition(type)).join(" and ")}` : "";
  return `select h.* from ${historyOf(type)} h ${where} order by h.history_id desc limit $1`;
}

/** Entries made of the history rows `h` of a source, each with the change of the same row before and after it. */
function entriesFrom(type: TrackedType, source: string, owner = "null::uuid"): string {
  const history = historyOf(type);
  return `
    select ${owner} as "ownerId", h.history_id as "order", h.history_id::text as id, '${type}' as "entityType",
      h.id as "entityId", h.history_type as type, h.history_date as date, h.history_change_reason as reason,
      h.history_user_id as "userId", h.history_user_label as "userLabel", h.history_source as source,
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

function conditionsOf(criteria: EntryCriteria, after: string | null, values: unknown[]): Condition[] {
  const conditions: Condition[] = [];
  const add = (value: unknown, condition: (parameter: string, type: TrackedType) => string) => {
    if (value === undefined || value === null) return;
    const parameter = `$${values.push(value)}`;
    conditions.push((type) => condition(parameter, type));
  };
  // The statement names every type, whatever types the client lists; PostgreSQL does not read the others.
  add(criteria.entityTypes, (p, type) => `'${type}' = any(${p}::text[])`);
  add(after, (p) => `h.history_id < ${p}`);
  add(criteria.entityIds, (p) => `h.id = any(${p}::uuid[])`);
  add(criteria.types, (p) => `h.history_type = any(${p}::text[])`);
  add(criteria.sources, (p) => `h.history_source = any(${p}::text[])`);
  // The reason of a revert goes on with the entry that it went back to.
  const revert = criteria.reasons?.includes("revertEntitlement")
    ? "or h.history_change_reason like 'revertEntitlement %'"
    : "";
  add(criteria.reasons, (p) => `(h.history_change_reason = any(${p}::text[]) ${revert})`);
  add(criteria.userLabel, (p) => `h.history_user_label = ${p}`);
  add(criteria.requestId, (p) => `h.history_request_id = ${p}`);
  add(criteria.learnerId, (p, type) => (type === "REFUND" ? isRefundOf("h", p) : `${p}::bigint is not null`));
  add(criteria.from, (p) => `h.history_date >= ${p}`);
  add(criteria.before, (p) => `h.history_date < ${p}`);
  return conditions;
}
