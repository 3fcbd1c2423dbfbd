import type { Periods, Standing } from "../rules/entitlement-rules";
import type { Choosing } from "../rules/session-rules";
import { listOf, select, type Database } from "../store/statement";
import { toPage, type Page, type PageRequest } from "../store/rows/page";
import { selectFacts, toFacts, type EntitlementFacts } from "./entitlement-facts";

/** Which of a learner's entitlements: the original's finders. */
export const SCOPES = {
  /** Not expired, or spent: what a dashboard shows. */
  ACTIVE: "not (e.expired_at is not null and e.enrollment_id is null)",
  /** Not expired, spent or not. */
  UNEXPIRED: "e.expired_at is null",
  /** Neither expired nor redeemed for an active enrollment. */
  FULFILLABLE: `e.expired_at is null and not exists (
    select from course_enrollment a where a.id = e.enrollment_id and a.is_active)`,
  ALL: "true",
} as const;
export type Scope = keyof typeof SCOPES;

/** A learner's entitlements, newest first. */
export async function entitlementsOfUser(
  db: Database,
  userId: string,
  scope: Scope,
  { first, after }: PageRequest,
): Promise<Page<EntitlementFacts>> {
  const keyset = after ? "and (e.created_at, e.id) < ($3, $4)" : "";
  const rows = await select(
    db,
    `${selectFacts()} where e.user_id = $1 and ${SCOPES[scope]} ${keyset}
     order by e.created_at desc, e.id desc limit $2`,
    [userId, first + 1, ...(after ? [after.value, after.id] : [])],
  );
  return toPage(rows.map(toFacts), first);
}

/** How many entitlements a learner has in a scope. */
export async function countEntitlementsOfUser(db: Database, userId: string, scope: Scope): Promise<number> {
  const [row] = await select<{ count: number }>(
    db,
    `select count(*)::int as count from course_entitlement e where e.user_id = $1 and ${SCOPES[scope]}`,
    [userId],
  );
  return row!.count;
}

/** Entitlements by id; those that do not exist are left out. */
export async function entitlementsById(db: Database, ids: readonly string[]): Promise<EntitlementFacts[]> {
  const sql = `${selectFacts()} where e.id = any(${listOf("$1", "uuid")})`;
  return (await select(db, sql, [ids])).map(toFacts);
}

/** The newest active entitlement of a learner for a course. */
export async function newestActiveEntitlement(
  db: Database,
  userId: string,
  courseUuid: string,
): Promise<EntitlementFacts | null> {
  const [row] = await select(
    db,
    `${selectFacts()} where e.user_id = $1 and e.course_uuid = $2 and ${SCOPES.ACTIVE}
     order by e.created_at desc, e.id desc limit 1`,
    [userId, courseUuid],
  );
  return row ? toFacts(row) : null;
}

/** A learner's entitlements for a course that are neither expired nor redeemed, newest first. */
export async function unredeemedEntitlements(
  db: Database,
  userId: string,
  courseUuid: string,
): Promise<EntitlementFacts[]> {
  const rows = await select(
    db,
    `${selectFacts()} where e.user_id = $1 and e.course_uuid = $2 and ${SCOPES.FULFILLABLE}
     order by e.created_at desc, e.id desc`,
    [userId, courseUuid],
  );
  return rows.map(toFacts);
}

/** A learner's entitlements for courses that are stored as unexpired, newest first, in the order of the courses. */
export async function unexpiredEntitlements(
  db: Database,
  userId: string,
  courseUuids: readonly string[],
): Promise<EntitlementFacts[][]> {
  const rows = await select(
    db,
    `${selectFacts()} where e.user_id = $1 and e.course_uuid = any(${listOf("$2", "uuid")}) and ${SCOPES.UNEXPIRED}
     order by e.created_at desc, e.id desc`,
    [userId, courseUuids],
  );
  const entitlements = rows.map(toFacts);
  return courseUuids.map((uuid) => entitlements.filter(({ courseUuid }) => courseUuid === uuid));
}

/** The newest entitlement by which a learner takes a run. */
export async function entitlementSpentOn(
  db: Database,
  userId: string,
  courseRunKey: string,
): Promise<EntitlementFacts | null> {
  const [row] = await select(
    db,
    `${selectFacts()} where e.user_id = $1 and n.course_run_key = $2 and n.is_active
     order by e.created_at desc, e.id desc limit 1`,
    [userId, courseRunKey],
  );
  return row ? toFacts(row) : null;
}

/** What the rules need to know of an entitlement. */
export function standingOf(facts: EntitlementFacts): Standing {
  const {
    createdAt,
    renewedAt,
    expiredAt,
    expiryCause,
    orderNumber,
    refundLocked,
    redeemedAt,
    refundState,
    enrollment,
  } = facts;
  return {
    createdAt,
    renewedAt,
    expiredAt,
    expiryCause,
    orderNumber,
    refundLocked,
    refundState,
    // Somebody has left the run without us: the right is unspent.
    redemption: enrollment?.isActive
      ? {
          enrolledAt: enrollment.createdAt,
          redeemedAt,
          startsAt: enrollment.run?.startsAt ?? null,
          certificateStatus: enrollment.certificateStatus,
        }
      : null,
  };
}

/** The settings on which decisions about an entitlement depend. */
export interface DecisionTerms {
  /** The periods of an entitlement without a stored policy. */
  defaultPeriods: Periods;
  /** The modes that cost nothing: an enrollment in one of them may be taken over and ended. */
  freeModes: readonly string[];
}

/** An entitlement as the rules of sessions see it. */
export function choosingOf(facts: EntitlementFacts, { defaultPeriods, freeModes }: DecisionTerms): Choosing {
  const { id, mode, policy, enrollment } = facts;
  const currentRunKey = enrollment?.isActive ? enrollment.courseRunKey : null;
  return {
    id,
    mode,
    standing: standingOf(facts),
    periods: policy ?? defaultPeriods,
    freeModes,
    currentRunKey,
  };
}
