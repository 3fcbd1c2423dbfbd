import { idNamed } from "./accounts/users";
import { COURSE_ENTITLEMENT_FIELDS } from "../entities/course-entitlement";
import { countsAt } from "../history/visible";
import { byKey } from "../store/by-key";
import { columnOf, namesOf } from "../store/rows/fields";
import { listOf, select, type Database } from "../store/statement";
import { selectFacts, toFacts, type EntitlementFacts, type FactsSource } from "./entitlement-facts";
import { courseOf, type EntitlementCriteria } from "./entitlement-search";
import { selectEnrollments, toEnrollment, type EnrollmentFacts } from "./enrollments";
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

/** What decides about entitlements `e` at an instant besides themselves. */
export function decidingAsOf(at: string): Omit<FactsSource, "entitlements"> {
  const rowsOf = (history: string, narrowing: string) => `lateral ${rowsAsOf(history, at, narrowing)}`;
  return {
    policies: rowsOf("historical_course_entitlement_policy", "and id = e.policy_id"),
    refunds: rowsOf("historical_refund", "and entitlement_id = e.id"),
    enrollments: (id) => `lateral ${rowsSeen("historical_course_enrollment", at, `and id = ${id}`)}`,
    runs: `lateral ${runsAsOf(at, "n.course_run_key")}`,
    certificates: `lateral ${rowsSeen(
      "historical_certificate",
      at,
      `and id in (select id from historical_certificate
        where user_id = n.user_id and course_run_key = n.course_run_key)`,
    )}`,
    // A scalar, because PostgreSQL might read the whole table for what it takes for a set.
    isUntold: `e.enrollment_id is not null and (select true from historical_course_enrollment h
      where h.id = e.enrollment_id and ${countsAt("h", at)} limit 1) is null`,
  };
}

/** The runs of an instant that ever had a key. */
function runsAsOf(at: string, key: string): string {
  const ever = `and id in (select id from historical_course_run where key = ${key})`;
  return rowsSeen("historical_course_run", at, ever);
}

/** When another system was last asked of a row has no history. */
function rowsSeen(history: string, at: string, narrowing: string): string {
  return `(select *, null::timestamptz as seen_at from ${rowsAsOf(history, at, narrowing)} seen)`;
}

/** Reads entitlements and what decides about them as they were at the instant in a parameter, narrowed to some ids. */
export function asOfSource(at: string, narrowing = ""): FactsSource {
  return { entitlements: rowsAsOf("historical_course_entitlement", at, narrowing), ...decidingAsOf(at) };
}

/**
 * Reads all entitlements of an instant in the order of their creation, without reading all history for a page: an index has the
 * entries that begin a life in that order, and of each the newest entry is looked up, which has to be of the same life. An
 * entitlement that was deleted and made again has several lives. As its creation is shown what its life began with, which
 * orders the list: a later correction of it must not move what was listed. What is dated more than a day after the instant was
 * made later, and is passed over without a look; of a life that began later within that day, only the index is read.
 */
export function walkAsOf(at: string): FactsSource {
  const columns = namesOf(COURSE_ENTITLEMENT_FIELDS).map((name) =>
    columnOf(name, COURSE_ENTITLEMENT_FIELDS[name]),
  );
  const others = columns.filter((column) => column !== "created_at" && column !== "id");
  return {
    ...decidingAsOf(at),
    entitlements: `(
    select life.id, life.created_at, ${others.map((column) => `newest.${column}`).join(", ")}
    from (
      select id, created_at, history_id as began from historical_course_entitlement
      where history_type = '+' and created_at < ${at}::timestamptz + interval '1 day' and history_date <= ${at}
    ) life
    cross join lateral (
      select * from historical_course_entitlement h
      where h.id = life.id and ${countsAt("h", at)}
      order by h.history_id desc limit 1
    ) newest
    where newest.history_type <> '-' and coalesce((
      select false from historical_course_entitlement d where d.id = life.id and d.history_type = '-'
        and d.history_id > life.began and d.history_id < newest.history_id limit 1), newest.history_id >= life.began))`,
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

/** Enrollments as they were, with the runs and certificates of then; null where none was recorded yet. */
export async function enrollmentsAsOf(
  db: Database,
  ids: readonly string[],
  at: Date,
): Promise<(EnrollmentFacts | null)[]> {
  const narrowing = `and id = any(${listOf("$1", "uuid")})`;
  const sql = selectEnrollments(
    rowsSeen("historical_course_enrollment", "$2", narrowing),
    decidingAsOf("$2"),
  );
  const rows = await select(db, sql, [ids, at]);
  return byKey(ids, rows.map(toEnrollment), (found) => found!.id);
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

/** Reads support details as they were, with the runs of then. */
export function supportDetailsAsOf(at: Date): SupportDetailSource {
  const history = "historical_course_entitlement_support_detail";
  const ever = `and id in (select id from ${history} where entitlement_id = k.entitlement_id)`;
  return (parameter) => {
    const instant = parameter(at);
    return { details: rowsAsOf(history, instant, ever), runs: runsOfDetails(instant) };
  };
}

/** The run of a support detail `d` at an instant. */
export function runsOfDetails(at: string): string {
  return `lateral ${runsAsOf(at, "d.unenrolled_run_key")}`;
}

/** Reads refunds as they were, of the entitlements in the first parameter. */
export function refundListAsOf(at: Date): (parameter: (value: unknown) => string) => string {
  return (parameter) =>
    rowsAsOf("historical_refund", parameter(at), `and entitlement_id = any(${listOf("$1", "uuid")})`);
}
