import { byKey } from "../store/by-key";
import { listOf, select, type Database } from "../store/statement";
import type { HistorySource, HistoryType } from "../history/historical";
import {
  ALL_TYPES,
  entriesFrom,
  entriesIn,
  historyOf,
  newestOf,
  type Condition,
  type Entry,
} from "./finding/entry-rows";
import { isRefundOf } from "./refunds";
import type { TrackedType } from "../history/tracked-types";

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
  /** Of these entitlements, with their support details and refunds. */
  entitlementIds?: readonly string[] | null;
  /** Of the entitlements that these learners have or had, likewise, and of these support agents. */
  usernames?: readonly string[] | null;
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
    return `(${entriesFrom(entityType, source, `k.owner_id as "ownerId"`)})`;
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

/** The UUID of the entitlement to whose history an entry belongs; null where it belongs to none. */
export function entitlementIdOf({ entityType, entityId, image }: Entry): string | null {
  if (entityType === "COURSE_ENTITLEMENT") return entityId;
  return (image["entitlementId"] as string | null | undefined) ?? null;
}

/** What belongs to a row of a type, by the column that refers to it. */
const OWNERS: Partial<Record<TrackedType, Partial<Record<TrackedType, string>>>> = {
  COURSE_ENTITLEMENT: { SUPPORT_DETAIL: "entitlement_id", REFUND: "entitlement_id" },
};

/** The conditions of criteria, and of a page that begins behind an entry. */
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
  add(criteria.entitlementIds, (p, type) => isOfAny(type, `${p}::uuid[]`, `${p}::uuid[]`));
  add(criteria.usernames, (p, type) => {
    const userIds = `array(select id from user_account where username = any(${p}::text[]))`;
    if (type === "SUPPORT_AGENT") return `h.user_id = any(${userIds})`;
    const theirs = `array(select id from historical_course_entitlement where user_id = any(${userIds}))`;
    return isOfAny(type, theirs, `${p}::text[]`);
  });
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

/** What belongs to an entitlement refers to it; nothing else is of one, whatever is given. */
function isOfAny(type: TrackedType, ids: string, given: string): string {
  if (type === "COURSE_ENTITLEMENT") return `h.id = any(${ids})`;
  if (type === "SUPPORT_DETAIL" || type === "REFUND") return `h.entitlement_id = any(${ids})`;
  return `${given} is null`;
}
