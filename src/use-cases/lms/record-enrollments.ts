import type { EntityManager } from "typeorm";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { IS_CALL_OPEN } from "../../entities/enrollment-call";
import type { LmsEnrollment } from "../../gateways/open-edx/enrollment-gateway";
import { writeSet } from "../../history/write-set";
import { repeat } from "../../store/statement";
import { storeCommand } from "../system-command";
import { isStorable, storableInstant } from "./storable";

/** What the LMS has told of the enrollments of one learner. */
export interface ToldEnrollments {
  userId: string;
  /** The run that it was asked about; null when it was asked about all of them. */
  courseRunKey: string | null;
  enrollments: readonly LmsEnrollment[];
  /** When it was asked. */
  seenAt: Date;
}

/**
 * Stores what the LMS has told of a learner's enrollments; one that it does not tell has ended. Those that the LMS is
 * asked to change stay as they are, because what we have asked for is newer. So do those that differ and concern an
 * entitlement, which may have been redeemed or left by this: `reconcileEnrollment` decides that.
 */
export const recordEnrollments = storeCommand("recordEnrollments", store);

const MODE_AT_MOST = 100;

/** What was told earlier never replaces what was told or asked for later. */
const IS_NEWS = `(known.seen_at is null or known.seen_at <= $3) and not exists (
  select from enrollment_call c where c.id = known.id and ${IS_CALL_OPEN})`;

/** Whether an enrollment belongs to an entitlement of the learner, or is in a course in which one can be redeemed. */
const concernsEntitlement = (
  run: string,
) => `exists (select from course_entitlement e where e.user_id = $1 and (
  e.enrollment_id = known.id or e.expired_at is null
    and not exists (select from course_enrollment used where used.id = e.enrollment_id and used.is_active)
    and e.course_uuid = (select r.course_uuid from course_run r where r.key = ${run})))`;

async function store(tx: EntityManager, { userId, courseRunKey, enrollments, seenAt }: ToldEnrollments) {
  const told = new Map(
    enrollments
      .filter((each) => isStorable(each.courseRunKey) && isStorable(each.mode, MODE_AT_MOST))
      .map((each) => [each.courseRunKey, { ...each, createdAt: storableInstant(each.createdAt) }]),
  );
  // A command that asks for a change of one of them waits, or is seen by the next statement.
  await repeat(
    tx.queryRunner!,
    `select id from course_enrollment where user_id = $1 and ($2::text is null or course_run_key = $2)
     order by course_run_key for update`,
    [userId, courseRunKey],
  );
  await writeSet(
    tx,
    CourseEnrollment,
    `insert into course_enrollment as known (user_id, course_run_key, mode, is_active, created_at, seen_at)
     select $1, told."courseRunKey", told.mode, told."isActive", told."createdAt", $3
     from jsonb_to_recordset($2::jsonb) told ("courseRunKey" text, mode text, "isActive" boolean, "createdAt" timestamptz)
     left join course_enrollment known on known.user_id = $1 and known.course_run_key = told."courseRunKey"
     where (known.mode = told.mode and known.is_active = told."isActive")
       or not ${concernsEntitlement('told."courseRunKey"')}
     order by told."courseRunKey"
     on conflict (user_id, course_run_key) do update set mode = excluded.mode, is_active = excluded.is_active,
       created_at = coalesce(excluded.created_at, known.created_at), seen_at = excluded.seen_at
     where ${IS_NEWS}
     returning known.*`,
    [userId, JSON.stringify([...told.values()]), seenAt],
  );
  await writeSet(
    tx,
    CourseEnrollment,
    `update course_enrollment known set is_active = false, seen_at = $3
     where user_id = $1 and ($2::text is null or course_run_key = $2) and not course_run_key = any($4::text[])
       and ${IS_NEWS} and (not is_active or not ${concernsEntitlement("known.course_run_key")})
     returning known.*`,
    [userId, courseRunKey, seenAt, [...told.keys()]],
  );
}
