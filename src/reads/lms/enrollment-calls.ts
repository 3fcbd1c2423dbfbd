import type { CourseRun } from "../../entities/course-run";
import { isCallIn, type EnrollmentCall } from "../../entities/enrollment-call";
import type { CallState } from "../../rules/lms/enrollment-call-rules";
import { byKey } from "../../store/by-key";
import { allOf } from "../../store/rows/conditions";
import { part, type Row } from "../../store/rows/fields";
import { sliceOf, toPage, type Page, type PageRequest } from "../../store/rows/page";
import { listOf, select, type Database, type Parameter } from "../../store/statement";
import { idNamed } from "../accounts/users";
import { RUN } from "../enrollments";

type Told = "id" | "mode" | "mayEnroll" | "entitlementId" | "state" | "attempt" | "nextAttemptAt" | "detail";

/** A call, and the learner and the run that it is about. */
export interface EnrollmentCallFacts extends Pick<
  EnrollmentCall,
  Told | "retriedAt" | "createdAt" | "modifiedAt"
> {
  /** The LMS user id of the learner. */
  userId: string;
  username: string;
  courseRunKey: string;
  /** Null where the catalog does not contain the run. */
  run: CourseRun | null;
}

/** What support looks for. All that is given must hold; null counts as not given. */
export interface EnrollmentCallCriteria {
  states?: readonly CallState[] | null;
  entitlementId?: string | null;
  username?: string | null;
  /** The LMS user id of the learner. */
  userId?: string | null;
  /** Asked at or after. */
  createdFrom?: Date | null;
  /** Asked before. */
  createdBefore?: Date | null;
}

const CALL = part<Omit<EnrollmentCallFacts, "run">>(
  {
    id: "c.id",
    mode: "c.mode",
    mayEnroll: "c.may_enroll",
    entitlementId: "c.entitlement_id",
    state: "c.state",
    attempt: "c.attempt",
    nextAttemptAt: "c.next_attempt_at",
    detail: "c.detail",
    retriedAt: "c.retried_at",
    createdAt: "c.created_at",
    modifiedAt: "c.modified_at",
    userId: "u.id",
    username: "u.username",
    courseRunKey: "n.course_run_key",
  },
  "call.",
);
const SEATS = "enrollment_call c join course_enrollment n on n.id = c.id";
const CALLS = `select ${CALL.list}, ${RUN.list} from ${SEATS}
  join user_account u on u.id = n.user_id left join course_run r on r.key = n.course_run_key`;

/** Calls by id; null for those that do not exist. */
export async function enrollmentCallsById(
  db: Database,
  ids: readonly string[],
): Promise<(EnrollmentCallFacts | null)[]> {
  const rows = await select(db, `${CALLS} where c.id = any(${listOf("$1", "uuid")})`, [ids]);
  return byKey(ids, rows.map(toCall), ({ id }) => id);
}

/** Calls that match, the newest first. */
export async function findEnrollmentCalls(
  db: Database,
  criteria: EnrollmentCallCriteria,
  page: PageRequest,
): Promise<Page<EnrollmentCallFacts>> {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const sorting = { value: "c.created_at", id: "c.id", direction: "DESC" } as const;
  const { condition, order } = sliceOf(sorting, page, parameter);
  const rows = await select(
    db,
    `${CALLS} where ${conditionsOf(criteria, parameter)} and ${condition}
     order by ${order} limit ${parameter(page.size + 1)}`,
    values,
  );
  return toPage(rows.map(toCall), page);
}

/** How many calls match. */
export async function countEnrollmentCalls(db: Database, criteria: EnrollmentCallCriteria): Promise<number> {
  const values: unknown[] = [];
  const conditions = conditionsOf(criteria, (value) => `$${values.push(value)}`);
  const sql = `select count(*)::int as count from ${SEATS} where ${conditions}`;
  return (await select<{ count: number }>(db, sql, values))[0]!.count;
}

function toCall(row: Row): EnrollmentCallFacts {
  return { ...CALL.of(row)!, run: RUN.of(row) };
}

function conditionsOf(criteria: EnrollmentCallCriteria, parameter: Parameter): string {
  const { states, entitlementId, username, userId, createdFrom, createdBefore } = criteria;
  const given = allOf(
    [
      [entitlementId, (p) => `c.entitlement_id = ${p}`],
      [username, (p) => `n.user_id = ${idNamed(p)}`],
      [userId, (p) => `n.user_id = ${p}`],
      [createdFrom, (p) => `c.created_at >= ${p}`],
      [createdBefore, (p) => `c.created_at < ${p}`],
    ],
    parameter,
  );
  return states ? `${isCallIn(states)} and ${given}` : given;
}
