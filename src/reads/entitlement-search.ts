import { select, type Database } from "../store/statement";
import { expiredIn, type DecisionTime } from "./expired";
import {
  fromFacts,
  LIVE,
  selectFacts,
  toFacts,
  type EntitlementFacts,
  type FactsSource,
} from "./entitlement-facts";
import { toPage, type Page, type PageRequest } from "../store/rows/page";

/** What support looks for. All that is given must hold; null counts as not given. */
export interface EntitlementCriteria {
  ids?: readonly string[] | null;
  username?: string | null;
  courseUuids?: readonly string[] | null;
  orderNumber?: string | null;
  mode?: string | null;
  /** By `isExpired` of the rules: what is due has expired, stored or not. */
  isExpired?: boolean | null;
  /** Created at or after. */
  createdFrom?: Date | null;
  /** Created before. */
  createdBefore?: Date | null;
  /** Part of the course UUID or of the run key, in any case. */
  search?: string | null;
}

/** What a list can be sorted by; the values order as text or as instants, nothing is null. */
export const ORDERS = {
  CREATED_AT: "e.created_at",
  MODIFIED_AT: "e.modified_at",
  EXPIRED_AT: "coalesce(e.expired_at, 'infinity')",
  COURSE_UUID: "e.course_uuid",
  COURSE_RUN_KEY: `coalesce(n.course_run_key, '') collate "C"`,
  MODE: `e.mode collate "C"`,
  ORDER_NUMBER: `coalesce(e.order_number, '') collate "C"`,
} as const;
export type OrderField = keyof typeof ORDERS;
/** The order of a list of entitlements; ties are broken by id. */
export interface EntitlementOrdering {
  field: OrderField;
  /** From low to high, or from high to low. */
  direction: "ASC" | "DESC";
}

/** The sort value of an entitlement, as the page key that follows it holds it. */
export function orderValue(facts: EntitlementFacts, field: OrderField): string {
  switch (field) {
    case "CREATED_AT":
      return facts.createdAt.toISOString();
    case "MODIFIED_AT":
      return facts.modifiedAt.toISOString();
    case "EXPIRED_AT":
      return facts.expiredAt?.toISOString() ?? "infinity";
    case "COURSE_UUID":
      return facts.courseUuid;
    case "COURSE_RUN_KEY":
      return facts.enrollment?.courseRunKey ?? "";
    case "MODE":
      return facts.mode;
    case "ORDER_NUMBER":
      return facts.orderNumber ?? "";
  }
}

/** Where to look: given what makes a parameter of a value. */
export type SourceOf = (parameter: (value: unknown) => string) => FactsSource;

/** Entitlements of anyone that match, in the order asked for, then by id. */
export async function findEntitlements(
  db: Database,
  criteria: EntitlementCriteria,
  { field, direction }: EntitlementOrdering,
  { first, after }: PageRequest,
  time: DecisionTime,
  sourceOf: SourceOf = () => LIVE,
): Promise<Page<EntitlementFacts>> {
  const values: unknown[] = [];
  const source = sourceOf((value) => `$${values.push(value)}`);
  const conditions = conditionsOf(criteria, values, time);
  if (after) {
    const beyond = direction === "ASC" ? ">" : "<";
    values.push(after.value, after.id);
    conditions.push(`(${ORDERS[field]}, e.id) ${beyond} ($${values.length - 1}, $${values.length})`);
  }
  const rows = await select(
    db,
    `${selectFacts(source)} ${where(conditions)}
     order by ${ORDERS[field]} ${direction}, e.id ${direction} limit ${rowsToRead(first)}`,
    values,
  );
  return toPage(rows.map(toFacts), first);
}

/**
 * At least one row more than a page has. PostgreSQL finds the right index, once for all requests, when it knows how
 * few rows are wanted, so the number is part of the statement; there are few of them, as each is a statement of its own.
 */
function rowsToRead(first: number): number {
  return [21, 51, 101].find((rows) => rows > first) ?? first + 1;
}

/** How many entitlements of anyone match. */
export async function countEntitlements(
  db: Database,
  criteria: EntitlementCriteria,
  time: DecisionTime,
  sourceOf: SourceOf = () => LIVE,
): Promise<number> {
  const values: unknown[] = [];
  const source = sourceOf((value) => `$${values.push(value)}`);
  const conditions = conditionsOf(criteria, values, time);
  const needsFacts = !!criteria.search || typeof criteria.isExpired === "boolean";
  const [row] = await select<{ count: number }>(
    db,
    `select count(*)::int as count ${needsFacts ? fromFacts(source) : `from ${source.entitlements} e`} ${where(conditions)}`,
    values,
  );
  return row!.count;
}

function where(conditions: string[]): string {
  return conditions.length > 0 ? `where ${conditions.join(" and ")}` : "";
}

function conditionsOf(criteria: EntitlementCriteria, values: unknown[], time: DecisionTime): string[] {
  const { ids, username, courseUuids, orderNumber, mode, isExpired, createdFrom, createdBefore, search } =
    criteria;
  const conditions: string[] = [];
  const add = (value: unknown, condition: (parameter: string) => string) => {
    if (value !== undefined && value !== null) conditions.push(condition(`$${values.push(value)}`));
  };
  // With one value an index on it also gives the order; with several, PostgreSQL would have to sort.
  const addAnyOf = (column: string, list: readonly string[] | null | undefined) =>
    list?.length === 1
      ? add(list[0], (p) => `${column} = ${p}`)
      : add(list, (p) => `${column} = any(${p}::uuid[])`);
  addAnyOf("e.id", ids);
  add(username, (p) => `e.user_id = (select id from user_account where username = ${p})`);
  addAnyOf("e.course_uuid", courseUuids);
  add(orderNumber, (p) => `e.order_number = ${p}`);
  add(mode, (p) => `e.mode = ${p}`);
  if (typeof isExpired === "boolean") {
    const expired = expiredIn(time, (value) => `$${values.push(value)}`);
    if (isExpired) conditions.push(expired.mayBeExpired, expired.isExpired);
    else conditions.push(`not ${expired.isExpired}`);
  }
  add(createdFrom, (p) => `e.created_at >= ${p}`);
  add(createdBefore, (p) => `e.created_at < ${p}`);
  add(
    search?.toLowerCase(),
    (p) => `(strpos(e.course_uuid::text, ${p}) > 0 or strpos(lower(n.course_run_key), ${p}) > 0)`,
  );
  return conditions;
}
