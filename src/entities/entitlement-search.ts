import { select, type Database } from "../store/statement";
import {
  LIVE,
  selectFacts,
  toFacts,
  type EntitlementFacts,
  type FactsRow,
  type FactsSource,
} from "./entitlement-facts";
import { toPage, type Page, type PageRequest } from "./entitlement-queries";

/** What support looks for. All that is given must hold; null counts as not given. */
export interface EntitlementCriteria {
  ids?: readonly string[] | null;
  username?: string | null;
  courseUuids?: readonly string[] | null;
  orderNumber?: string | null;
  mode?: string | null;
  /** As stored, not as due by now. */
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
export interface EntitlementOrdering {
  field: OrderField;
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
  sourceOf: SourceOf = () => LIVE,
): Promise<Page<EntitlementFacts>> {
  const values: unknown[] = [];
  const source = sourceOf((value) => `$${values.push(value)}`);
  const conditions = conditionsOf(criteria, values);
  if (after) {
    const beyond = direction === "ASC" ? ">" : "<";
    values.push(after.value, after.id);
    conditions.push(`(${ORDERS[field]}, e.id) ${beyond} ($${values.length - 1}, $${values.length})`);
  }
  values.push(first + 1);
  const rows = await select<FactsRow>(
    db,
    `${selectFacts(source)} ${where(conditions)}
     order by ${ORDERS[field]} ${direction}, e.id ${direction} limit $${values.length}`,
    values,
  );
  return toPage(rows.map(toFacts), first);
}

/** How many entitlements of anyone match. */
export async function countEntitlements(
  db: Database,
  criteria: EntitlementCriteria,
  sourceOf: SourceOf = () => LIVE,
): Promise<number> {
  const values: unknown[] = [];
  const { entitlements } = sourceOf((value) => `$${values.push(value)}`);
  const conditions = conditionsOf(criteria, values);
  const run = !criteria.search ? "" : "left join course_enrollment n on n.id = e.enrollment_id";
  const [row] = await select<{ count: number }>(
    db,
    `select count(*)::int as count from ${entitlements} e ${run} ${where(conditions)}`,
    values,
  );
  return row!.count;
}

function where(conditions: string[]): string {
  return conditions.length > 0 ? `where ${conditions.join(" and ")}` : "";
}

function conditionsOf(criteria: EntitlementCriteria, values: unknown[]): string[] {
  const { ids, username, courseUuids, orderNumber, mode, isExpired, createdFrom, createdBefore, search } =
    criteria;
  const conditions: string[] = [];
  const add = (value: unknown, condition: (parameter: string) => string) => {
    if (value !== undefined && value !== null) conditions.push(condition(`$${values.push(value)}`));
  };
  add(ids, (p) => `e.id = any(${p}::uuid[])`);
  add(username, (p) => `e.user_id = (select id from user_account where username = ${p})`);
  add(courseUuids, (p) => `e.course_uuid = any(${p}::uuid[])`);
  add(orderNumber, (p) => `e.order_number = ${p}`);
  add(mode, (p) => `e.mode = ${p}`);
  add(isExpired, (p) => `(e.expired_at is not null) = ${p}`);
  add(createdFrom, (p) => `e.created_at >= ${p}`);
  add(createdBefore, (p) => `e.created_at < ${p}`);
  add(
    search?.toLowerCase(),
    (p) => `(strpos(e.course_uuid::text, ${p}) > 0 or strpos(lower(n.course_run_key), ${p}) > 0)`,
  );
  return conditions;
}
