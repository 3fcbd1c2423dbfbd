import { COURSE_ENROLLMENT_FIELDS, type CourseEnrollment } from "../entities/course-enrollment";
import { COURSE_RUN_FIELDS, type CourseRun } from "../entities/course-run";
import { byKey } from "../store/by-key";
import { columnsOf, part, type Row } from "../store/rows/fields";
import { listOf, select, type Database } from "../store/statement";
import { waitingGauges, type WaitingGauge } from "./waiting";

interface StoredEnrollment extends CourseEnrollment {
  /** Status of the certificate earned there; null for none. */
  certificateStatus: string | null;
  /** When the LMS last told of that certificate, or that there is none; null when it never has. */
  certificateSeenAt: Date | null;
}

/** An enrollment, its run where the catalog knows it, and the certificate earned there. */
export interface EnrollmentFacts extends StoredEnrollment {
  run: CourseRun | null;
}

/** A certificate with its run, where the catalog knows it. */
export interface CertificateFacts {
  id: string;
  courseRunKey: string;
  /** Null when the LMS has said that there is none. */
  status: string | null;
  run: CourseRun | null;
}

/** A run, for a `select` that has it as `r`. */
export const RUN = part<CourseRun>(columnsOf(COURSE_RUN_FIELDS, "r"), "run.");

const ENROLLMENT = part<StoredEnrollment>(
  {
    ...columnsOf(COURSE_ENROLLMENT_FIELDS, "n"),
    certificateStatus: "c.status",
    certificateSeenAt: "c.seen_at",
  },
  "enrollment.",
);

/** An enrollment, for a `select` that has it as `n`, its run as `r` and the certificate earned there as `c`. */
export const ENROLLMENT_LIST = `${ENROLLMENT.list}, ${RUN.list}`;

/** Enrollments `n` with their runs and certificates, from the live tables or others: what precedes `where`. */
export function selectEnrollments(
  enrollments = "course_enrollment",
  { runs, certificates } = { runs: "course_run", certificates: "certificate" },
  columns = "",
): string {
  return `select ${columns} ${ENROLLMENT_LIST} from ${enrollments} n
    left join ${runs} r on r.key = n.course_run_key
    left join ${certificates} c on c.user_id = n.user_id and c.course_run_key = n.course_run_key`;
}

/** The enrollment of a row, or null. */
export function toEnrollment(row: Row): EnrollmentFacts | null {
  const enrollment = ENROLLMENT.of(row);
  return enrollment && Object.assign(enrollment, { run: RUN.of(row) });
}

/** Enrollments by id; null for those that do not exist. */
export async function enrollmentsById(
  db: Database,
  ids: readonly string[],
): Promise<(EnrollmentFacts | null)[]> {
  const rows = await select(db, `${selectEnrollments()} where n.id = any(${listOf("$1", "uuid")})`, [ids]);
  return byKey(
    ids,
    rows.map((row) => toEnrollment(row)!),
    ({ id }) => id,
  );
}

/** A learner's enrollments in the runs of courses, by the UUID of the course: one statement. */
export async function enrollmentsInCourses(
  db: Database,
  userId: string,
  courseUuids: readonly string[],
): Promise<EnrollmentFacts[][]> {
  const rows = await select(
    db,
    `select ${ENROLLMENT_LIST} from course_enrollment n
     join course_run r on r.key = n.course_run_key
     left join certificate c on c.user_id = n.user_id and c.course_run_key = n.course_run_key
     where n.user_id = $1 and r.course_uuid = any(${listOf("$2", "uuid")})
     order by n.created_at desc, n.id`,
    [userId, courseUuids],
  );
  const enrollments = rows.map((row) => toEnrollment(row)!);
  return courseUuids.map((uuid) => enrollments.filter(({ run }) => run!.courseUuid === uuid));
}

/** The enrollments of a learner, the newest first, at most so many. */
export async function enrollmentsOfUser(
  db: Database,
  userId: string,
  most: number,
): Promise<EnrollmentFacts[]> {
  const rows = await select(
    db,
    `${selectEnrollments()} where n.user_id = $1
     order by n.created_at desc, n.id limit $2`,
    [userId, most],
  );
  return rows.map((row) => toEnrollment(row)!);
}

/** Whether enrollments of a learner, or the one in a run where one is named, are recorded otherwise than the LMS tells them. */
export async function areToldOtherwise(
  db: Database,
  userId: string,
  courseRunKey: string | null,
  told: readonly Pick<CourseEnrollment, "courseRunKey" | "mode" | "isActive">[],
): Promise<boolean> {
  const [row] = await select<{ differ: boolean }>(
    db,
    `select exists (
       select from (select * from course_enrollment
         where user_id = $1 and ($2::text is null or course_run_key = $2)) known
       full join unnest($3::text[], $4::text[], $5::boolean[]) t (run, mode, is_active)
         on t.run = known.course_run_key
       where known.id is null or known.is_active <> coalesce(t.is_active, false)
         or t.is_active and t.mode <> known.mode) as differ`,
    [
      userId,
      courseRunKey,
      told.map((each) => each.courseRunKey),
      told.map(({ mode }) => mode),
      told.map(({ isActive }) => isActive),
    ],
  );
  return row!.differ;
}

/** The status of a learner's certificate for a run, as it is recorded; null for none. */
export async function certificateStatus(
  db: Database,
  userId: string,
  courseRunKey: string,
): Promise<string | null> {
  const sql = "select status from certificate where user_id = $1 and course_run_key = $2";
  return (await select<{ status: string | null }>(db, sql, [userId, courseRunKey]))[0]?.status ?? null;
}

/** Whether another entitlement than this one is redeemed for an enrollment. */
export async function isHeldByOther(
  db: Database,
  enrollmentId: string,
  entitlementId: string,
): Promise<boolean> {
  const [row] = await select<{ isHeld: boolean }>(
    db,
    `select exists (select from course_entitlement where enrollment_id = $1 and id <> $2) as "isHeld"`,
    [enrollmentId, entitlementId],
  );
  return row!.isHeld;
}

/**
 * The learner and the run of an enrollment that the LMS is asked for; null when the attempt does not own the call for so many
 * milliseconds: it was overtaken, or its lease is over by then.
 */
export async function enrollmentOfAttempt(
  db: Database,
  { id, attempt }: { id: string; attempt: number },
  neededMs = 0,
): Promise<{ userId: string; courseRunKey: string } | null> {
  const [row] = await select<{ userId: string; courseRunKey: string }>(
    db,
    `select n.user_id as "userId", n.course_run_key as "courseRunKey"
     from enrollment_call c join course_enrollment n using (id)
     where c.id = $1 and c.attempt = $2 and c.next_attempt_at > clock_timestamp() + $3 * interval '1 ms'`,
    [id, attempt, neededMs],
  );
  return row ?? null;
}

/** The unsettled calls to the LMS, by state. */
export function callGauges(db: Database): Promise<WaitingGauge[]> {
  return waitingGauges(
    db,
    `(select state, created_at from enrollment_call where next_attempt_at is not null
      union all select state, created_at from enrollment_call where state = 'NEEDS_REVIEW') unsettled`,
  );
}
