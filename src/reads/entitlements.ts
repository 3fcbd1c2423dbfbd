import { listOf, select, type Database } from "../store/statement";
import { sliceOf, toPage, type Page, type PageRequest } from "../store/rows/page";
import { expiredIn, type DecisionTime, type Expired } from "./decisions/expired";
import { fromFacts, selectFacts, toFacts, type EntitlementFacts } from "./entitlement-facts";

/** Which of a learner's entitlements: the original's finders, where what is due counts as expired. */
const SCOPES = {
  /** Not expired, or redeemed: what a dashboard shows. */
  ACTIVE: ({ isExpired, isRedeemed }: Expired) => `(${isRedeemed} or not ${isExpired})`,
  /** Not expired, redeemed or not. */
  UNEXPIRED: ({ isExpired }: Expired) => `not ${isExpired}`,
  /** Neither expired nor redeemed. */
  FULFILLABLE: ({ isExpired, isRedeemed }: Expired) => `not ${isExpired} and not ${isRedeemed}`,
  ALL: () => "true",
} as const;
export type Scope = keyof typeof SCOPES;

/** SQL of a scope, for a statement of `fromFacts`, given what makes a parameter of a value. */
export function inScope(scope: Scope, time: DecisionTime, parameter: (value: unknown) => string): string {
  return scope === "ALL" ? "true" : SCOPES[scope](expiredIn(time, parameter));
}

/** Which entitlements of a learner. */
export interface Shelf {
  userId: string;
  scope: Scope;
  /** Null is for any course. */
  courseUuid: string | null;
}

/** A learner's entitlements, newest first. */
export async function entitlementsOfUser(
  db: Database,
  { userId, scope, courseUuid }: Shelf,
  page: PageRequest,
  time: DecisionTime,
): Promise<Page<EntitlementFacts>> {
  const values: unknown[] = [userId];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = ["e.user_id = $1", inScope(scope, time, parameter)];
  if (courseUuid !== null) conditions.push(`e.course_uuid = ${parameter(courseUuid)}`);
  const sorting = { value: "e.created_at", id: "e.id", direction: "DESC" } as const;
  const { condition, order } = sliceOf(sorting, page, parameter);
  const rows = await select(
    db,
    `${selectFacts()} where ${conditions.join(" and ")} and ${condition}
     order by ${order} limit ${parameter(page.size + 1)}`,
    values,
  );
  return toPage(rows.map(toFacts), page);
}

/** How many entitlements of these a learner has. */
export async function countEntitlementsOfUser(
  db: Database,
  { userId, scope, courseUuid }: Shelf,
  time: DecisionTime,
): Promise<number> {
  const values: unknown[] = [userId];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = ["e.user_id = $1", inScope(scope, time, parameter)];
  if (courseUuid !== null) conditions.push(`e.course_uuid = ${parameter(courseUuid)}`);
  const [row] = await select<{ count: number }>(
    db,
    `select count(*)::int as count ${fromFacts()} where ${conditions.join(" and ")}`,
    values,
  );
  return row!.count;
}

/** A learner's entitlements for courses in a scope, newest first, in the order of the courses. */
export async function entitlementsForCourses(
  db: Database,
  userId: string,
  courseUuids: readonly string[],
  scope: Scope,
  time: DecisionTime,
): Promise<EntitlementFacts[][]> {
  const values: unknown[] = [userId, courseUuids];
  const condition = inScope(scope, time, (value) => `$${values.push(value)}`);
  const rows = await select(
    db,
    `${selectFacts()} where e.user_id = $1 and e.course_uuid = any(${listOf("$2", "uuid")}) and ${condition}
     order by e.created_at desc, e.id desc`,
    values,
  );
  const entitlements = rows.map(toFacts);
  return courseUuids.map((uuid) => entitlements.filter(({ courseUuid }) => courseUuid === uuid));
}

/** The newest entitlement by which a learner takes a run, or that waits for the LMS to enroll the learner there. */
export async function entitlementSpentOn(
  db: Database,
  userId: string,
  courseRunKey: string,
): Promise<EntitlementFacts | null> {
  const [row] = await select(
    db,
    `${selectFacts()} where e.id in (
       select used.id from course_enrollment seat join course_entitlement used
         on seat.is_active and used.enrollment_id = seat.id or used.pending_enrollment_id = seat.id
       where seat.user_id = $1 and seat.course_run_key = $2)
     order by e.created_at desc, e.id desc limit 1`,
    [userId, courseRunKey],
  );
  return row ? toFacts(row) : null;
}
