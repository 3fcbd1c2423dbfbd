import { idNamed } from "./accounts/users";
import { COURSE_ENTITLEMENT_FIELDS } from "../entities/course-entitlement";
import { countsAt } from "../history/visible";
import { byKey } from "../store/by-key";
import { columnOf, namesOf } from "../store/rows/fields";
import { listOf, select, type Database } from "../store/statement";
import { selectFacts, toFacts, type EntitlementFacts, type FactsSource } from "./entitlement-facts";
import { courseOf, type EntitlementCriteria } from "./entitlement-search";
import type { SupportDetailSource } from "./support-details";

/**
 * The rows of a settled instant: of each entity the newest entry that counts then, unless it was a deletion. The order is that
 * of the entries, not of their dates; dates of one entity never go back, so the two agree and equal dates do no harm.
 */
function rowsAsOf(history: string, at: string, narrowing = ""): string {
  return `(
    select * from (
      select distinct on (id) * from ${history} h where ${countsAt("h", at)} ${narrowing}
      order by id, history_id desc
    ) newest where history_type <> '-')`;
}

/** The policy of an entitlement `e` at an instant. */
export function policyAsOf(at: string): string {
  return `lateral ${rowsAsOf("historical_course_entitlement_policy", at, "and id = e.policy_id")}`;
}

/** The refunds of an entitlement `e` at an instant. */
export function refundsAsOf(at: string): string {
  return `lateral ${rowsAsOf("historical_refund", at, "and entitlement_id = e.id")}`;
}

/** Reads entitlements, their policies and their refunds as they were at the instant in a parameter, narrowed to some ids. */
export function asOfSource(at: string, narrowing = ""): FactsSource {
  return sourceAsOf(rowsAsOf("historical_course_entitlement", at, narrowing), at);
}

/**
 * Reads all entitlements of an instant in the order of their creation, without reading all history for a page: an index has the
 * entries that begin a life in that order, and of each the newest entry is looked up, which has to be of the same life. An
 * entitlement that was deleted and made again has several lives. As its creation is shown what its life began with, which
 * orders the list: a later correction of it must not move what was listed. What is dated more than a day after the instant was
 * made later, and is passed over without a look.
 */
export function walkAsOf(at: string): FactsSource {
  const columns = namesOf(COURSE_ENTITLEMENT_FIELDS).map((name) =>
    columnOf(name, COURSE_ENTITLEMENT_FIELDS[name]),
  );
  const others = columns.filter((column) => column !== "created_at" && column !== "id");
  return sourceAsOf(
    `(
    select life.id, life.created_at, ${others.map((column) => `newest.${column}`).join(", ")}
    from (
      select id, created_at, history_id as began from historical_course_entitlement
      where history_type = '+' and created_at < ${at}::timestamptz + interval '1 day'
    ) life
    cross join lateral (
      select * from historical_course_entitlement h
      where h.id = life.id and ${countsAt("h", at)}
      order by h.history_id desc limit 1
    ) newest
    where newest.history_type <> '-' and coalesce((
      select false from historical_course_entitlement d where d.id = life.id and d.history_type = '-'
        and d.history_id > life.began and d.history_id < newest.history_id limit 1), newest.history_id >= life.began))`,
    at,
  );
}

function sourceAsOf(entitlements: string, at: string): FactsSource {
  return {
    entitlements,
    policies: policyAsOf(at),
    refunds: refundsAsOf(at),
  };
}

/** Entitlements as they were; those that did not exist then are null. */
export async function factsAsOf(
  db: Database,
  ids: readonly string[],
  at: Date,
): Promise<(EntitlementFacts | null)[]> {
  const sql = selectFacts(asOfSource("$2", `and id = any(${listOf("$1", "uuid")})`));
  const rows = await select(db, sql, [ids, at]);
  return byKey(ids, rows.map(toFacts), ({ id }) => id);
}

/** Whether criteria hold what an index knows of. */
export function isNarrow({
  ids,
  username,
  courseUuids,
  courseKey,
  orderNumber,
}: EntitlementCriteria): boolean {
  return [ids, username, courseUuids, courseKey, orderNumber].some((given) => Boolean(given));
}

/**
 * SQL that narrows history to the entitlements that ever matched what an index knows of, so that a list of an instant
 * need not read all of it; empty where nothing narrows it. `add` makes a parameter of a value.
 */
export function everMatching(criteria: EntitlementCriteria, add: (value: unknown) => string): string {
  const { ids, username, courseUuids, courseKey, orderNumber } = criteria;
  const where: string[] = [];
  if (ids) where.push(`id = any(${add(ids)}::uuid[])`);
  if (username) where.push(`user_id = ${idNamed(add(username))}`);
  if (courseUuids) where.push(`course_uuid = any(${add(courseUuids)}::uuid[])`);
  if (courseKey) where.push(`course_uuid = ${courseOf(add(courseKey))}`);
  if (orderNumber) where.push(`order_number = ${add(orderNumber)}`);
  if (where.length === 0) return "";
  return `and id in (select id from historical_course_entitlement where ${where.join(" and ")})`;
}

/** Reads support details as they were. */
export function supportDetailsAsOf(at: Date): SupportDetailSource {
  const history = "historical_course_entitlement_support_detail";
  const ever = `and id in (select id from ${history} where entitlement_id = k.entitlement_id)`;
  return (parameter) => rowsAsOf(history, parameter(at), ever);
}

/** Reads refunds as they were, of the entitlements in the first parameter. */
export function refundListAsOf(at: Date): (parameter: (value: unknown) => string) => string {
  return (parameter) =>
    rowsAsOf("historical_refund", parameter(at), `and entitlement_id = any(${listOf("$1", "uuid")})`);
}
