import { byKey } from "../store/by-key";
import { listOf, select, type Database } from "../store/statement";
import {
  ENROLLMENT_COLUMNS,
  toEnrollment,
  type EnrollmentFacts,
  type EnrollmentRow,
} from "./entitlement-facts";
import { RUN_COLUMNS } from "./run-facts";

/** Enrollments by id; null for those that do not exist. */
export async function enrollmentsById(
  db: Database,
  ids: readonly string[],
): Promise<(EnrollmentFacts | null)[]> {
  const rows = await select<EnrollmentRow>(
    db,
    `select ${ENROLLMENT_COLUMNS}, ${RUN_COLUMNS} from course_enrollment n
     left join course_run r on r.key = n.course_run_key
     left join certificate c on c.user_id = n.user_id and c.course_run_key = n.course_run_key
     where n.id = any(${listOf("$1", "uuid")})`,
    [ids],
  );
  return byKey(ids, rows, (row) => row.enrollmentId, toEnrollment);
}
