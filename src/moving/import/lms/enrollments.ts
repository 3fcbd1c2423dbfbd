import { Certificate } from "../../../entities/certificate";
import { CourseEnrollment } from "../../../entities/course-enrollment";
import { IS_CALL_OPEN } from "../../../entities/enrollment-call";
import { LMS_TABLES } from "../../tables/source-table";
import {
  AS_OF,
  DROP_TOLD,
  flagFault,
  IS_NEWS,
  orChange,
  textFault,
  toldStatements,
  type LineRange,
  type StepStatement,
} from "./range";

const UNKNOWN_LEARNER = `case when not exists (select from user_account u where u.id = s.user_id)
  then concat('user_id ', s.user_id, ' was not imported') end`;
const OWNED = "s.user_id in (select id from import_staging.owner)";

/**
 * Statements that store the enrollments for which an entitlement is redeemed, and all those of learners with entitlements.
 * One that the LMS has told of later stays as it is, and so does one that the LMS is asked to change.
 */
export function enrollmentStatements(range: LineRange): StepStatement[] {
  const told = toldStatements(LMS_TABLES.ENROLLMENTS, range, {
    entity: CourseEnrollment,
    id: "s.id",
    values: `s.user_id, s.course_id as course_run_key, s.mode, import_staging.flag_of(s.is_active) as is_active,
      import_staging.instant_of(s.created) as created_at, import_staging.id_of('course_enrollment', s.id) as id`,
    faults: [
      textFault("course_id", 255),
      textFault("mode", 100),
      flagFault("is_active"),
      UNKNOWN_LEARNER,
      `case when exists (select from course_enrollment o where o.id = import_staging.id_of('course_enrollment', s.id)
        and (o.user_id, o.course_run_key) <> (s.user_id, s.course_id)) then 'its learner or its run is another one' end`,
    ],
    where: `(${OWNED} or s.id in (select id from import_staging.linked))`,
    store: `
      insert into course_enrollment as known (id, user_id, course_run_key, mode, is_active, created_at, seen_at)
      select distinct on (user_id, course_run_key) id, user_id, course_run_key, mode, is_active, created_at, ${AS_OF}
      from told where fault = '' order by user_id, course_run_key
      ${orChange(
        "user_id, course_run_key",
        ["mode", "is_active", "created_at", "seen_at"],
        `${IS_NEWS}
        and not exists (select from enrollment_call c where c.id = known.id and ${IS_CALL_OPEN})`,
      )}`,
  });
  const known = `
    insert into imported_row as known (source_table, source_id, id)
    select 'course_enrollment', t.source_id, e.id from told t
    join course_enrollment e on (e.user_id, e.course_run_key) = (t.user_id, t.course_run_key)
    where t.fault = ''
    on conflict (source_table, source_id) do update set id = excluded.id where known.id <> excluded.id`;
  return [...told, known, DROP_TOLD];
}

/** Statements that store the certificates of learners with entitlements. */
export function certificateStatements(range: LineRange): StepStatement[] {
  const told = toldStatements(LMS_TABLES.CERTIFICATES, range, {
    entity: Certificate,
    id: "concat_ws(' ', s.user_id, s.course_id)",
    values: "s.user_id, s.course_id as course_run_key, s.status",
    faults: [textFault("course_id", 255), textFault("status", 32), UNKNOWN_LEARNER],
    where: OWNED,
    store: `
      insert into certificate as known (user_id, course_run_key, status, seen_at)
      select distinct on (user_id, course_run_key) user_id, course_run_key, status, ${AS_OF} from told
      where fault = '' order by user_id, course_run_key
      ${orChange("user_id, course_run_key", ["status", "seen_at"], IS_NEWS)}`,
  });
  return [...told, DROP_TOLD];
}
