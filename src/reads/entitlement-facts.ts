import { COURSE_ENTITLEMENT_FIELDS, type CourseEntitlement } from "../entities/course-entitlement";
import { listOf, select, type Database } from "../store/statement";
import type { RefundState } from "../rules/refund-rules";
import { columnsOf, part, type Row } from "../store/rows/fields";
import { ENROLLMENT_LIST, toEnrollment, type EnrollmentFacts } from "./enrollments";
import { POLICY, type PolicyFacts } from "./policies";

interface StoredEntitlement extends CourseEntitlement {
  /** Null in the past of an account that is gone. */
  username: string | null;
  /** Whether the account of the learner is active; null in the past of an account that is gone. */
  isLearnerActive: boolean | null;
  /** Of the refund that has not failed; null when there is none. */
  refundState: RefundState | null;
}

/** All that is stored about one entitlement and that a card, a table row or a rule needs: one plain object. */
export interface EntitlementFacts extends StoredEntitlement {
  /** Null means the default periods. */
  policy: PolicyFacts | null;
  enrollment: EnrollmentFacts | null;
  /** The key of the run that the LMS is asked to enroll the learner in; null for none. */
  pendingRunKey: string | null;
  /** Whether it is of an instant at which it had an enrollment that was recorded only later, so that nothing is known of it. */
  isEnrollmentUntold: boolean;
}

const ENTITLEMENT = part<StoredEntitlement>({
  ...columnsOf(COURSE_ENTITLEMENT_FIELDS, "e"),
  username: "u.username",
  isLearnerActive: "u.is_active",
  refundState: "f.state",
});

/** Where facts are read from: the live tables, or their rows of an earlier instant. */
export interface FactsSource {
  /** A table or subselect of entitlements, known as `e`. */
  entitlements: string;
  /** A table or lateral subselect of policies, known as `p`. */
  policies: string;
  /** A table or lateral subselect of refunds, known as `f`. */
  refunds: string;
  /** A table or lateral subselect of enrollments, given SQL for the id of the one that is looked for. */
  enrollments: (id: string) => string;
  /** A table or lateral subselect of runs, known as `r`, of the enrollment `n`. */
  runs: string;
  /** A table or lateral subselect of certificates, known as `c`, of the enrollment `n`. */
  certificates: string;
  /** SQL for whether an entitlement `e` had an enrollment of which nothing was recorded yet. */
  isUntold: string;
  /** Further columns to select, each followed by a comma. */
  columns?: string;
}

/** The live tables. */
export const LIVE: FactsSource = {
  entitlements: "course_entitlement",
  policies: "course_entitlement_policy",
  refunds: "refund",
  enrollments: () => "course_enrollment",
  runs: "course_run",
  certificates: "certificate",
  isUntold: "false",
};

/** Selects the facts of entitlements, one row each, whatever they refer to: what precedes `where`. */
export function selectFacts(source: FactsSource = LIVE): string {
  const { columns = "", enrollments, isUntold } = source;
  const pending = enrollments("e.pending_enrollment_id");
  return `select ${columns} ${ENTITLEMENT.list}, ${POLICY.list}, ${ENROLLMENT_LIST}, ${isUntold} as "isEnrollmentUntold",
    (select course_run_key from ${pending} q where q.id = e.pending_enrollment_id) as "pendingRunKey" ${fromFacts(source)}`;
}

/** Where the facts of entitlements are: each known to the rest of the statement by one letter. */
export function fromFacts(source: FactsSource = LIVE): string {
  const { entitlements, policies, refunds, enrollments, runs, certificates } = source;
  return `
    from ${entitlements} e
    left join user_account u on u.id = e.user_id
    left join ${policies} p on p.id = e.policy_id
    left join site s on s.id = p.site_id
    left join ${refunds} f on f.entitlement_id = e.id and f.state <> 'FAILED'
    left join ${enrollments("e.enrollment_id")} n on n.id = e.enrollment_id and n.user_id = e.user_id
    left join ${runs} r on r.key = n.course_run_key
    left join ${certificates} c on c.user_id = n.user_id and c.course_run_key = n.course_run_key`;
}

/** The entitlement of a row of `selectFacts`. */
export function toFacts(row: Row): EntitlementFacts {
  return Object.assign(ENTITLEMENT.of(row)!, {
    policy: POLICY.of(row),
    enrollment: toEnrollment(row),
    pendingRunKey: row["pendingRunKey"] as string | null,
    isEnrollmentUntold: row["isEnrollmentUntold"] as boolean,
  });
}

/** Entitlements by id; those that do not exist are left out. */
export async function entitlementsById(db: Database, ids: readonly string[]): Promise<EntitlementFacts[]> {
  const sql = `${selectFacts()} where e.id = any(${listOf("$1", "uuid")})`;
  return (await select(db, sql, [ids])).map(toFacts);
}

/** Whose an entitlement is. */
export type EntitlementOwner = Pick<EntitlementFacts, "userId" | "username">;

/** Whose an entitlement is; undefined where there is none. */
export async function ownerOf(db: Database, id: string): Promise<EntitlementOwner | undefined> {
  const [owner] = await select<EntitlementOwner>(
    db,
    `select e.user_id::text as "userId", u.username
     from course_entitlement e left join user_account u on u.id = e.user_id where e.id = $1`,
    [id],
  );
  return owner;
}
