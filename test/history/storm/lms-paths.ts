import { Certificate } from "../../../src/entities/certificate";
import { CourseEnrollment } from "../../../src/entities/course-enrollment";
import { CourseRun } from "../../../src/entities/course-run";
import { writeSet } from "../../../src/history/write-set";
import type { WritePath } from "../write-paths";

const RUN = "'run' || floor(random() * 20)";
const SOME_USERS =
  "(select id from user_account where id > 1 order by random() limit 1 + floor(random() * 100))";
const ENROLL = `insert into course_enrollment as known (user_id, course_run_key, mode, created_at, seen_at)
  select u.id, r.key, 'audit', now(), now() from ${SOME_USERS} u, (select ${RUN} as key) r order by u.id
  on conflict (user_id, course_run_key) do update set seen_at = now(),
    is_active = case when random() < 0.5 then known.is_active else not known.is_active end`;
const CERTIFY = `insert into certificate as known (user_id, course_run_key, status, seen_at)
  select user_id, course_run_key, 'downloadable', now() from course_enrollment where id >= gen_random_uuid()
  order by user_id, course_run_key limit 50
  on conflict (user_id, course_run_key) do update set seen_at = now(),
    status = case when random() < 0.5 then known.status else floor(random() * 9)::text end`;
const PLAN = `insert into course_run as known (key, starts_at, seen_at)
  select 'run' || n, now() + random() * interval '9 days', now() from generate_series(1, 20) n order by 1
  on conflict (key) do update set seen_at = now(),
    starts_at = case when random() < 0.5 then known.starts_at else excluded.starts_at end`;

/** What the LMS tells of enrollments, certificates and runs, as our commands and others write it. */
export const LMS_PATHS: WritePath[] = [
  { name: "enrollments in SQL", isOurs: false, write: (tx) => tx.query(ENROLL) },
  {
    name: "enrollments as a set",
    isOurs: true,
    write: (tx) => writeSet(tx, CourseEnrollment, `${ENROLL} returning known.*`),
  },
  { name: "certificates in SQL", isOurs: false, write: (tx) => tx.query(CERTIFY) },
  {
    name: "certificates as a set",
    isOurs: true,
    write: (tx) => writeSet(tx, Certificate, `${CERTIFY} returning known.*`),
  },
  { name: "runs in SQL", isOurs: false, write: (tx) => tx.query(PLAN) },
  {
    name: "runs as a set",
    isOurs: true,
    write: (tx) => writeSet(tx, CourseRun, `${PLAN} returning known.*`),
  },
  {
    name: "a look that tells nothing new",
    isOurs: false,
    write: (tx) => tx.query("update course_enrollment set seen_at = now() where id >= gen_random_uuid()"),
  },
  {
    name: "deletion of what the LMS told",
    isOurs: false,
    write: async (tx) => {
      await tx.query("delete from certificate where id >= gen_random_uuid() and random() < 0.3");
      await tx.query(`delete from course_run where key = ${RUN}`);
      await tx.query("delete from course_enrollment where id >= gen_random_uuid() and random() < 0.1");
    },
  },
];
