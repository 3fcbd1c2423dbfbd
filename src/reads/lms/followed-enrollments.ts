import { IS_CALL_OPEN } from "../../entities/enrollment-call";
import { select, type Database } from "../../store/statement";
import type { SeatKey } from "./recorded-enrollment";

/** A learner, by the id that never changes and by the name that the LMS is asked for. */
export interface FollowedLearner {
  userId: string;
  username: string;
}

/** An enrollment of a learner as the LMS lists it. */
export interface ToldEnrollment extends SeatKey {
  mode: string;
  isActive: boolean;
}

/** Whose enrollments are compared with the LMS: those whose entitlement can still change, or also the others. */
export type Followed = "UNEXPIRED" | "ALL";

const REDEEMED = `e.enrollment_id is not null and ($1 = 'ALL' or e.expired_at is null)`;

/** The learners who have a redeemed entitlement, after an LMS user id, in the order of the ids. */
export function followedLearners(
  db: Database,
  which: Followed,
  after: string | null,
  limit: number,
): Promise<FollowedLearner[]> {
  return select<FollowedLearner>(
    db,
    `select u.id as "userId", u.username from user_account u
     where u.id in (
       select distinct e.user_id from course_entitlement e
       where ${REDEEMED} and e.user_id > coalesce($2::bigint, 0) order by e.user_id limit $3)
     order by u.id`,
    [which, after, limit],
  );
}

/** How many learners have a redeemed entitlement. */
export async function countFollowedLearners(db: Database, which: Followed): Promise<number> {
  const [row] = await select<{ count: number }>(
    db,
    `select count(distinct e.user_id)::int as count from course_entitlement e where ${REDEEMED}`,
    [which],
  );
  return row!.count;
}

/** The runs for which entitlements of a learner are redeemed, with the recorded status of the certificate there. */
export function redeemedRuns(
  db: Database,
  userId: string,
): Promise<{ courseRunKey: string; status: string | null }[]> {
  return select(
    db,
    `select distinct n.course_run_key as "courseRunKey", c.status from course_entitlement e
     join course_enrollment n on n.id = e.enrollment_id
     left join certificate c on c.user_id = n.user_id and c.course_run_key = n.course_run_key
     where e.user_id = $1 and n.user_id = $1 order by 1`,
    [userId],
  );
}

/**
 * The enrollments of learners that are recorded otherwise than the LMS tells them, when it has told all of them: those in
 * a run of a course for which the learner has an entitlement, and those that are recorded. An enrollment that our own call
 * is still to change is left out.
 */
export function differingEnrollments(
  db: Database,
  userIds: readonly string[],
  told: readonly ToldEnrollment[],
): Promise<SeatKey[]> {
  return select<SeatKey>(
    db,
    `with told as (
       select * from unnest($2::bigint[], $3::text[], $4::text[], $5::boolean[]) t (user_id, run, mode, is_active)
     ), known as (select * from course_enrollment where user_id = any($1::bigint[]))
     select coalesce(k.user_id, t.user_id)::text as "userId", coalesce(k.course_run_key, t.run) as "courseRunKey"
     from known k full join told t on t.user_id = k.user_id and t.run = k.course_run_key
     cross join lateral (select coalesce(t.is_active, false) as told, coalesce(k.is_active, false) as known) a
     where (a.told <> a.known or a.told and t.mode <> k.mode
         or not a.told and exists (select from course_entitlement e where e.enrollment_id = k.id))
       and (k.id is not null or exists (
         select from course_entitlement e join course_run r on r.course_uuid = e.course_uuid
         where e.user_id = t.user_id and r.key = t.run))
       and not exists (select from enrollment_call c
         where c.id = k.id and ${IS_CALL_OPEN})
     order by 1, 2`,
    [
      userIds,
      told.map(({ userId }) => userId),
      told.map(({ courseRunKey }) => courseRunKey),
      told.map(({ mode }) => mode),
      told.map(({ isActive }) => isActive),
    ],
  );
}
