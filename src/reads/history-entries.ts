import { byKey } from "../store/by-key";
import { toPage, type Page, type PageRequest } from "../store/rows/page";
import { listOf, select, type Database } from "../store/statement";
import {
  ALL_TYPES,
  entriesFrom,
  entriesIn,
  historyOf,
  matchingOf,
  type Condition,
  type Entry,
} from "./finding/entry-rows";
import { conditionsOf, type EntryCriteria } from "./finding/entry-criteria";
import type { TrackedType } from "../history/tracked-types";

/** So many changes are counted, as counting more takes long. */
export const COUNTED_AT_MOST = 10_000;

/** Changes of anything, newest first. */
export async function findEntries(
  db: Database,
  criteria: EntryCriteria,
  page: PageRequest,
): Promise<Page<Entry>> {
  const values: unknown[] = [page.size + 1];
  const conditions = [...conditionsOf(criteria, values), ...sliceFor(page, values)];
  const sources = ALL_TYPES.map(
    (type) => `(${entriesFrom(type, `(${matchingOf(type, conditions, page)}) h`)})`,
  );
  const sql = `${sources.join(" union all ")} order by "order" ${wayOf(page)} limit $1`;
  return toPage(await select<Entry>(db, sql, values), page);
}

/** How many changes of anything there are; null when there are more than are counted. */
export async function countEntries(db: Database, criteria: EntryCriteria): Promise<number | null> {
  const values: unknown[] = [COUNTED_AT_MOST + 1];
  const conditions = conditionsOf(criteria, values);
  const sources = ALL_TYPES.map((type) => `(select 1 from (${matchingOf(type, conditions)}) h)`);
  const [row] = await select<{ count: number }>(
    db,
    `select count(*)::int as count from (${sources.join(" union all ")} limit $1) h`,
    values,
  );
  return counted(row!.count);
}

/** For each row of a type, its changes and those of what belongs to it, newest first: one statement for all. */
export async function entriesOf(
  db: Database,
  type: TrackedType,
  ids: readonly string[],
  criteria: EntryCriteria,
  page: PageRequest,
): Promise<Page<Entry>[]> {
  const values: unknown[] = [page.size + 1, ids];
  const conditions = [...conditionsOf(criteria, values), ...sliceFor(page, values)];
  const sources = ownedBy(type).map(([entityType, isOwned]) => {
    const matching = matchingOf(entityType, [...conditions, isOwned], page);
    return `(${entriesFrom(entityType, `${OF_OWNERS} cross join lateral (${matching}) h`, `k.owner_id as "ownerId"`)})`;
  });
  const rows = await select<Entry & { ownerId: string }>(
    db,
    `${sources.join(" union all ")} order by "order" ${wayOf(page)}`,
    values,
  );
  const found = new Map<string, Entry[]>(ids.map((id) => [id, []]));
  for (const row of rows) found.get(row.ownerId)!.push(row);
  return ids.map((id) => toPage(found.get(id)!, page));
}

/** For each row of a type, how many changes of it there are, with those of what belongs to it: one statement for all. */
export async function countEntriesOf(
  db: Database,
  type: TrackedType,
  ids: readonly string[],
  criteria: EntryCriteria,
): Promise<(number | null)[]> {
  const values: unknown[] = [COUNTED_AT_MOST + 1, ids];
  const conditions = conditionsOf(criteria, values);
  const sources = ownedBy(type).map(
    ([entityType, isOwned]) => `(select 1 from (${matchingOf(entityType, [...conditions, isOwned])}) h)`,
  );
  const rows = await select<{ ownerId: string; count: number }>(
    db,
    `select k.owner_id as "ownerId", c.count from ${OF_OWNERS} cross join lateral (
       select count(*)::int as count from (${sources.join(" union all ")} limit $1) h) c`,
    values,
  );
  const counts = new Map(rows.map(({ ownerId, count }) => [ownerId, counted(count)]));
  return ids.map((id) => counts.get(id)!);
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

/** The rows `k` whose history is asked for, by the second parameter. */
const OF_OWNERS = `unnest(${listOf("$2", "uuid")}) k(owner_id)`;

/** The types of a row's history, each with the condition that a change is of the row `k` or of what belongs to it. */
function ownedBy(type: TrackedType): [TrackedType, Condition][] {
  return ALL_TYPES.flatMap((entityType): [TrackedType, Condition][] => {
    const owner = entityType === type ? "id" : OWNERS[type]?.[entityType];
    return owner ? [[entityType, () => `h.${owner} = k.owner_id`]] : [];
  });
}

const counted = (count: number) => (count > COUNTED_AT_MOST ? null : count);
const wayOf = ({ isBackward }: PageRequest) => (isBackward ? "asc" : "desc");

/** The condition of a page. */
function sliceFor({ key, isBackward, isInclusive }: PageRequest, values: unknown[]): Condition[] {
  if (!key) return [];
  const parameter = `$${values.push(key.value)}`;
  return [() => `h.history_id ${isBackward ? ">" : "<"}${isInclusive ? "=" : ""} ${parameter}`];
}
