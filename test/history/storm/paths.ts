import { Certificate } from "../../../src/entities/certificate";
import { CourseEnrollment } from "../../../src/entities/course-enrollment";
import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../../src/entities/course-entitlement-policy";
import { CourseEntitlementSupportDetail } from "../../../src/entities/course-entitlement-support-detail";
import { CourseRun } from "../../../src/entities/course-run";
import { writeSet } from "../../../src/history/write-set";
import type { WritePath } from "../write-paths";

/** Learners of the storm's world, numbered from 1. */
export const USERS = 2_000;

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

/** Inserts entitlements of many learners. */
export const INSERT_MANY = `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
  select id, gen_random_uuid(), 'many', now(), now() from user_account where id > 1
  order by random() limit 1 + floor(random() * 500)`;
const SOME = `(select id from course_entitlement where id >= gen_random_uuid() and user_id > 1 order by id
  limit 1 + floor(random() * 300) for update skip locked)`;

/** Changes of many entitlements at once, and of what belongs to them; the first two add some. */
export const BULK: WritePath[] = [
  { name: "insert of many", isOurs: false, write: (tx) => tx.query(INSERT_MANY) },
  {
    name: "insert of a set",
    isOurs: true,
    write: (tx) => writeSet(tx, CourseEntitlement, `${INSERT_MANY} returning *`),
  },
  {
    name: "update of many",
    isOurs: false,
    write: (tx) => tx.query(`update course_entitlement set mode = random()::text where id in ${SOME}`),
  },
  {
    name: "update of a set",
    isOurs: true,
    write: (tx) =>
      writeSet(
        tx,
        CourseEntitlement,
        `update course_entitlement e set mode = random()::text where id in ${SOME} returning e.*`,
      ),
  },
  {
    name: "update that changes nothing",
    isOurs: false,
    write: (tx) => tx.query(`update course_entitlement set mode = mode where id in ${SOME}`),
  },
  {
    name: "support details",
    isOurs: false,
    write: (tx) =>
      tx.query(`insert into course_entitlement_support_detail (entitlement_id, action, comments, created_at, modified_at)
        select id, 'CREATE', 'it''s [a]:''test''', now(), now() from course_entitlement where id in ${SOME}`),
  },
  {
    name: "save of a support detail",
    isOurs: true,
    write: (tx, [entitlementId]) =>
      tx.save(CourseEntitlementSupportDetail, {
        entitlementId: entitlementId!,
        action: "EXPIRE",
        createdAt: new Date(),
        modifiedAt: new Date(),
      }),
  },
  {
    name: "save of a policy",
    isOurs: true,
    write: async (tx) => {
      const [policy] = await tx.find(CourseEntitlementPolicy, { take: 1 });
      await tx.save(CourseEntitlementPolicy, { id: policy!.id, refundMs: Math.floor(Math.random() * 1e9) });
    },
  },
  {
    name: "policy in SQL",
    isOurs: false,
    write: (tx) =>
      tx.query(
        `update course_entitlement_policy set regain_period = make_interval(secs => floor(random() * 1e6))`,
      ),
  },
];
const THIN: WritePath = {
  name: "delete of many",
  isOurs: false,
  write: (tx) => tx.query(`delete from course_entitlement where id in ${SOME}`),
};
/** Deletes entitlements, each time. */
export const THINNING = Array.from({ length: 5 }, () => THIN);

/** The statement that sets the clock of history back by so many seconds, or right again by 0. */
export function clockSetBack(seconds: number): string {
  const now = seconds === 0 ? "clock_timestamp()" : `clock_timestamp() - interval '${seconds} s'`;
  return `create or replace function history_now() returns timestamptz volatile language sql
    return date_trunc('milliseconds', ${now})`;
}
