import { IS_REFUND_PENDING } from "../entities/refund";
import type { CourseRun } from "../entities/course-run";
import type { OfferedMode, OfferedRun } from "../rules/run-rules";
import type { Seat } from "../rules/session-rules";
import type { Row } from "../store/rows/fields";
import { listOf, select, type Database } from "../store/statement";
import { RUN } from "./enrollments";

/** A learner and a course, or a learner and a run. */
export interface LearnerAnd<T extends string> {
  userId: string;
  key: T;
}

/** A run with what decides whether a learner may choose it. */
export interface SessionFacts extends OfferedRun {
  run: CourseRun;
  enrollment: Seat | null;
}

interface SessionRow extends Row {
  ordinal: number;
  activeEnrollments: number;
  modes: { slug: string; minPrice: number; expiresAtMs: number | null }[];
  enrollmentMode: string | null;
  isActive: boolean;
  redeemedBy: Seat["redeemedBy"];
  certificateStatus: string | null;
}

/** For each learner and course, the runs of that course by start, those without a date last: one statement. */
export function sessionsOfCourses(
  db: Database,
  asked: readonly LearnerAnd<string>[],
): Promise<SessionFacts[][]> {
  return sessionsWhere(db, "r.course_uuid = k.key::uuid", asked);
}

/** The run a learner wants to enroll in, or null when the catalog does not know it. */
export async function sessionOfRun(
  db: Database,
  userId: string,
  courseRunKey: string,
): Promise<SessionFacts | null> {
  const [sessions] = await sessionsWhere(db, "r.key = k.key", [{ userId, key: courseRunKey }]);
  return sessions![0] ?? null;
}

/** Whether entitlements of this mode are sold: it is configured as paid, or some run is sold in it. */
export async function isModeSold(db: Database, paidModes: readonly string[], mode: string): Promise<boolean> {
  if (paidModes.includes(mode)) return true;
  const [row] = await select<{ isSold: boolean }>(
    db,
    `select exists (select from course_mode where slug = $1 and min_price > 0) as "isSold"`,
    [mode],
  );
  return row!.isSold;
}

async function sessionsWhere(
  db: Database,
  condition: string,
  asked: readonly LearnerAnd<string>[],
): Promise<SessionFacts[][]> {
  const rows = await select<SessionRow>(
    db,
    `select k.ordinal::int, ${RUN.list},
       n.mode as "enrollmentMode", n.is_active as "isActive", c.status as "certificateStatus", coalesce(l.entitlements, '[]') as "redeemedBy",
       coalesce(m.modes, '[]') as modes, coalesce(a.count, 0) as "activeEnrollments"
     from unnest(${listOf("$1", "bigint")}, ${listOf("$2", "text")}) with ordinality k(user_id, key, ordinal)
     join course_run r on ${condition}
     left join course_enrollment n on n.user_id = k.user_id and n.course_run_key = r.key
     left join certificate c on c.user_id = k.user_id and c.course_run_key = r.key
     left join lateral (
       select json_agg(json_build_object('id', e.id, 'isPending', e.pending_enrollment_id is not null or
         exists (select from refund f where f.entitlement_id = e.id and ${IS_REFUND_PENDING}))) as entitlements
       from course_entitlement e where e.enrollment_id = n.id or e.pending_enrollment_id = n.id
     ) l on true
     left join lateral (
       select json_agg(json_build_object('slug', slug, 'minPrice', min_price,
         'expiresAtMs', (extract(epoch from expires_at) * 1000)::float8)) as modes
       from course_mode where course_run_key = r.key
     ) m on true
     left join lateral (
       select count(*)::int as count from course_enrollment
       where course_run_key = r.key and is_active and r.max_enrollments is not null
     ) a on true
     order by k.ordinal, r.starts_at nulls last, r.key`,
    [asked.map(({ userId }) => userId), asked.map(({ key }) => key)],
  );
  const sessions: SessionFacts[][] = asked.map(() => []);
  for (const row of rows) sessions[row.ordinal - 1]!.push(toSession(row, RUN.of(row)!));
  return sessions;
}

function toSession(row: SessionRow, run: CourseRun): SessionFacts {
  const { enrollmentMode: mode, isActive, redeemedBy, certificateStatus } = row;
  return {
    run,
    startsAt: run.startsAt,
    enrollmentStartsAt: run.enrollmentStartsAt,
    enrollmentEndsAt: run.enrollmentEndsAt,
    maxEnrollments: run.maxEnrollments,
    activeEnrollments: row.activeEnrollments,
    modes: row.modes.map(({ slug, minPrice, expiresAtMs }): OfferedMode => ({
      slug,
      minPrice,
      expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs),
    })),
    enrollment: mode === null ? null : { mode, isActive, redeemedBy, certificateStatus },
  };
}
