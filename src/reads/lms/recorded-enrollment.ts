import type { CallState } from "../../rules/lms/enrollment-call-rules";
import { select, type Database } from "../../store/statement";

/** A learner and a run, by what never changes. */
export interface SeatKey {
  /** The LMS user id. */
  userId: string;
  courseRunKey: string;
}

/** What is recorded of a learner's enrollment in a run, and of our own calls about it. */
export interface RecordedEnrollment {
  username: string;
  /** Null where no enrollment is recorded, as are its mode and whether it is active. */
  id: string | null;
  mode: string | null;
  isActive: boolean | null;
  seenAt: Date | null;
  /** Whether an entitlement is redeemed for it. */
  isRedeemed: boolean;
  /** Null where the LMS was never asked to change the enrollment. */
  callState: CallState | null;
  /** The number of attempts at that; null likewise. */
  callAttempt: number | null;
}

/** What is recorded of an enrollment; null when the account is not known. */
export async function recordedEnrollment(
  db: Database,
  { userId, courseRunKey }: SeatKey,
): Promise<RecordedEnrollment | null> {
  const [row] = await select<RecordedEnrollment>(
    db,
    `select u.username, n.id, n.mode, n.is_active as "isActive", n.seen_at as "seenAt",
       exists (select from course_entitlement e where e.enrollment_id = n.id) as "isRedeemed",
       c.state as "callState", c.attempt as "callAttempt"
     from user_account u
     left join course_enrollment n on n.user_id = u.id and n.course_run_key = $2
     left join enrollment_call c on c.id = n.id
     where u.id = $1`,
    [userId, courseRunKey],
  );
  return row ?? null;
}

/**
 * The ids of the learner's entitlements that an enrollment in a run may concern, in the order in which they are locked:
 * those of the course, and those that are redeemed for the run.
 */
export async function entitlementsAround(db: Database, { userId, courseRunKey }: SeatKey): Promise<string[]> {
  const rows = await select<{ id: string }>(
    db,
    `select e.id from course_entitlement e
     where e.user_id = $1 and (
       e.course_uuid = (select course_uuid from course_run where key = $2)
       or e.enrollment_id = (select id from course_enrollment where user_id = $1 and course_run_key = $2))
     order by e.id`,
    [userId, courseRunKey],
  );
  return rows.map(({ id }) => id);
}

/** The runs for which the learner's entitlements of a run's course are redeemed, where the learner has not left them. */
export async function redeemedRunsOfCourse(
  db: Database,
  { userId, courseRunKey }: SeatKey,
): Promise<string[]> {
  const rows = await select<{ key: string }>(
    db,
    `select distinct n.course_run_key as key from course_entitlement e
     join course_enrollment n on n.id = e.enrollment_id and n.user_id = e.user_id
     where e.user_id = $1 and e.expired_at is null and n.is_active
       and e.course_uuid = (select course_uuid from course_run where key = $2)
     order by n.course_run_key`,
    [userId, courseRunKey],
  );
  return rows.map(({ key }) => key);
}
