import { IS_CALL_OPEN } from "../../entities/enrollment-call";
import { select, type Database } from "../../store/statement";
import { waitingGauges, type WaitingGauge } from "../waiting";

/** How many entitlements of a learner a page shows at most. */
const ENTITLEMENTS_AT_MOST = 100;

/** What a learner's page shows of the LMS and the catalog, and when they last told each of it; null is for never. */
export interface ShownOnPage {
  username: string;
  /** When the LMS last told all enrollments, leaving out those that it is asked to change. */
  enrollmentsSeenAt: Date | null;
  /** The courses of the entitlements, with when any of their runs was last told. */
  courses: { courseUuid: string; seenAt: Date | null }[];
  /** The runs that the learner takes by an entitlement, with when the certificate there was last told. */
  certificates: { courseRunKey: string; seenAt: Date | null }[];
}

/** What a learner's page shows of other systems; null when there is no such learner. */
export async function shownOnPage(db: Database, userId: string): Promise<ShownOnPage | null> {
  const [learner] = await select<Pick<ShownOnPage, "username" | "enrollmentsSeenAt">>(
    db,
    `select u.username, (
       select case when count(*) = count(n.seen_at) then min(n.seen_at) end from course_enrollment n
       where n.user_id = u.id and not exists (select from enrollment_call c
         where c.id = n.id and ${IS_CALL_OPEN})
     ) as "enrollmentsSeenAt"
     from user_account u where u.id = $1`,
    [userId],
  );
  if (!learner) return null;
  const shown = `(select * from course_entitlement where user_id = $1 and (expired_at is null or enrollment_id is not null)
    order by created_at desc, id desc limit ${ENTITLEMENTS_AT_MOST}) e`;
  const courses = await select<ShownOnPage["courses"][number]>(
    db,
    `select e.course_uuid as "courseUuid", max(r.seen_at) as "seenAt"
     from ${shown} left join course_run r on r.course_uuid = e.course_uuid group by e.course_uuid`,
    [userId],
  );
  const certificates = await select<ShownOnPage["certificates"][number]>(
    db,
    `select distinct n.course_run_key as "courseRunKey", c.seen_at as "seenAt"
     from ${shown} join course_enrollment n on n.id = e.enrollment_id and n.user_id = e.user_id and n.is_active
     left join certificate c on c.user_id = n.user_id and c.course_run_key = n.course_run_key`,
    [userId],
  );
  return { ...learner, courses, certificates };
}

/** The courses after one, in the order of their UUIDs, in which a learner has an entitlement that has not expired. */
export async function coursesInUse(db: Database, after: string | null, limit: number): Promise<string[]> {
  const rows = await select<{ courseUuid: string }>(
    db,
    `with recursive course (uuid, place) as (
       (select course_uuid, 1 from course_entitlement
        where expired_at is null and ($1::uuid is null or course_uuid > $1) order by course_uuid limit 1)
       union all
       select next.course_uuid, place + 1 from course cross join lateral (
         select e.course_uuid from course_entitlement e where e.expired_at is null and e.course_uuid > course.uuid
         order by e.course_uuid limit 1) next
       where place < $2
     )
     select uuid as "courseUuid" from course order by uuid`,
    [after, limit],
  );
  return rows.map(({ courseUuid }) => courseUuid);
}

/** An account that is to be asked for again. */
export interface DueAccount {
  /** The LMS user id. */
  id: string;
  username: string;
}

/** Accounts after one, in the order of their ids, that were last told before an instant or never. */
export function accountsDue(
  db: Database,
  before: Date,
  after: string | null,
  limit: number,
): Promise<DueAccount[]> {
  return select<DueAccount>(
    db,
    `select id, username from user_account
     where ($1::bigint is null or id > $1) and (seen_at is null or seen_at < $2) order by id limit $3`,
    [after, before, limit],
  );
}

/** For metrics: the looks at the LMS that events have hinted at, by what may have changed. */
export function lookGauges(db: Database): Promise<WaitingGauge[]> {
  return waitingGauges(db, "(select reason as state, noted_at as created_at from reconcile_due) due");
}
