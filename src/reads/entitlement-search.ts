import { idNamed } from "./accounts/users";
import { select, type Database, type Parameter } from "../store/statement";
import { expiredIn, type DecisionTime } from "./decisions/expired";
import type { EntitlementState } from "../rules/entitlement-state";
import {
  fromFacts,
  LIVE,
  selectFacts,
  toFacts,
  type EntitlementFacts,
  type FactsSource,
} from "./entitlement-facts";
import { ORDERS, type EntitlementOrdering } from "./finding/entitlement-order";
import { expiresAtIn, impliedBy, mayExpireBefore, stateIn } from "./finding/entitlement-state";
import { IS_REFUND_PENDING } from "../entities/refund";
import { sliceOf, toPage, type Page, type PageRequest } from "../store/rows/page";

/** What support looks for. All that is given must hold; null counts as not given. */
export interface EntitlementCriteria {
  ids?: readonly string[] | null;
  username?: string | null;
  courseUuids?: readonly string[] | null;
  orderNumber?: string | null;
  /** The orders of the shop, of which one must match. */
  orderNumbers?: readonly string[] | null;
  mode?: string | null;
  /** By `isExpired` of the rules: what is due has expired, stored or not. */
  isExpired?: boolean | null;
  /** Created at or after. */
  createdFrom?: Date | null;
  /** Created before. */
  createdBefore?: Date | null;
  /** Part of the course UUID or of the run key, in any case. */
  search?: string | null;
  /** As decided at the instant of the list, of which one must match. */
  states?: readonly EntitlementState[] | null;
  /** The UUID of a policy, or `default` for entitlements without one. */
  policyId?: string | null;
  /** Organization and number. */
  courseKey?: string | null;
  /** Not stored as expired, and expiring before this instant if nothing else happens. */
  expiringBefore?: Date | null;
  isRefundPending?: boolean | null;
}

/** Where to look: given what makes a parameter of a value. */
export type SourceOf = (parameter: Parameter) => FactsSource;

/** Entitlements of anyone that match, in the order asked for, then by id. */
export async function findEntitlements(
  db: Database,
  criteria: EntitlementCriteria,
  { field, direction }: EntitlementOrdering,
  page: PageRequest,
  time: DecisionTime,
  sourceOf: SourceOf = () => LIVE,
): Promise<Page<EntitlementFacts>> {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const source = sourceOf(parameter);
  const conditions = conditionsOf(criteria, time, parameter, source);
  const sorted = ORDERS[field];
  const value = typeof sorted === "string" ? sorted : sorted(time, parameter);
  const { condition, order } = sliceOf({ value, id: "e.id", direction }, page, parameter);
  const rows = await select(
    db,
    `${selectFacts(source)} ${where([...conditions, condition])}
     order by ${order} limit ${rowsToRead(page.size)}`,
    values,
  );
  return toPage(rows.map(toFacts), page);
}

/**
 * At least one row more than a page has. PostgreSQL finds the right index, once for all requests, when it knows how
 * few rows are wanted, so the number is part of the statement; there are few of them, as each is a statement of its own.
 */
function rowsToRead(size: number): number {
  return [21, 51, 101].find((rows) => rows > size) ?? size + 1;
}

/** How many entitlements of anyone match. */
export async function countEntitlements(
  db: Database,
  criteria: EntitlementCriteria,
  time: DecisionTime,
  sourceOf: SourceOf = () => LIVE,
): Promise<number> {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const source = sourceOf(parameter);
  const conditions = conditionsOf(criteria, time, parameter, source);
  const needsFacts = dependsOnEnrollment(criteria) || isGiven(criteria.isRefundPending);
  const from = needsFacts ? fromFacts(source) : `from ${source.entitlements} e`;
  const [row] = await select<{ count: number }>(
    db,
    `select count(*)::int as count ${from} ${where(conditions)}`,
    values,
  );
  return row!.count;
}

const isGiven = (value: unknown) => value !== undefined && value !== null;

/** Whether it depends on the enrollment of an entitlement if it meets criteria. */
function dependsOnEnrollment({ search, states, expiringBefore, isExpired }: EntitlementCriteria): boolean {
  return [search, states, expiringBefore, isExpired].some(isGiven);
}

function where(conditions: string[]): string {
  return conditions.length > 0 ? `where ${conditions.join(" and ")}` : "";
}

function conditionsOf(
  criteria: EntitlementCriteria,
  time: DecisionTime,
  parameter: Parameter,
  source: FactsSource,
): string[] {
  const isLive = source === LIVE;
  // What is not known of an instant is in no state.
  const conditions = !isLive && dependsOnEnrollment(criteria) ? [`not (${source.isUntold})`] : [];
  const add = <T>(value: T | null | undefined, condition: (value: T) => string | null) => {
    const sql = value === undefined || value === null ? null : condition(value);
    if (sql !== null) conditions.push(sql);
  };
  // With one value an index on it also gives the order; with several, PostgreSQL would have to sort.
  const anyOf = (column: string, type: string) => (list: readonly string[]) =>
    list.length === 1
      ? `${column} = ${parameter(list[0])}`
      : `${column} = any(${parameter(list)}::${type}[])`;
  add(criteria.ids, anyOf("e.id", "uuid"));
  add(criteria.username, (given) => `e.user_id = ${idNamed(parameter(given))}`);
  add(criteria.courseUuids, anyOf("e.course_uuid", "uuid"));
  add(criteria.courseKey, (given) => `e.course_uuid = ${courseOf(parameter(given))}`);
  add(criteria.orderNumber, (given) => `e.order_number = ${parameter(given)}`);
  add(criteria.orderNumbers, anyOf("e.order_number", "text"));
  add(criteria.mode, (given) => `e.mode = ${parameter(given)}`);
  add(criteria.policyId, (given) =>
    given === "default" ? "e.policy_id is null" : `e.policy_id = ${parameter(given)}`,
  );
  add(criteria.isExpired, (given) => {
    const { isExpired, mayBeExpired } = expiredIn(time, parameter);
    if (!given) return `not ${isExpired}`;
    return isLive ? `${mayBeExpired} and ${isExpired}` : isExpired;
  });
  add(criteria.createdFrom, (given) => `e.created_at >= ${parameter(given)}`);
  add(criteria.createdBefore, (given) => `e.created_at < ${parameter(given)}`);
  add(criteria.states, (given) => `${stateIn(time, parameter)} = any(${parameter(given)}::text[])`);
  add(criteria.states, impliedBy);
  add(criteria.expiringBefore, (given) => `${expiresAtIn(time, parameter)} < ${parameter(given)}`);
  // What the live tables say of the present narrows no list of the past.
  if (isLive) add(criteria.expiringBefore, (given) => mayExpireBefore(given, time, parameter));
  if (isLive) add(criteria.isRefundPending, (given) => (given ? HAS_PENDING_REFUND : null));
  add(criteria.isRefundPending, (given) => `coalesce(${IS_REFUND_PENDING}, false) = ${parameter(given)}`);
  add(criteria.search?.toLowerCase(), (given) => {
    const text = parameter(given);
    return `(strpos(e.course_uuid::text, ${text}) > 0 or strpos(lower(n.course_run_key), ${text}) > 0)`;
  });
  return conditions;
}

/** By the index of refunds. */
const HAS_PENDING_REFUND = `e.id = any(array(select f.entitlement_id from refund f where ${IS_REFUND_PENDING}))`;

/** SQL for the UUID of the course with a key, which is that of its runs; of several, the one whose run starts last. */
export function courseOf(key: string): string {
  return `(select course_uuid from course_run where org || '+' || number = ${key} and course_uuid is not null
    order by starts_at desc nulls last, key limit 1)`;
}
