/** A run as the catalog describes it, with the course it belongs to. */
export interface RunFacts {
  key: string;
  courseUuid: string | null;
  title: string;
  org: string;
  number: string;
  levelType: string | null;
  imageUrl: string | null;
  marketingUrl: string | null;
  isSelfPaced: boolean;
  startsAt: Date | null;
  endsAt: Date | null;
  enrollmentStartsAt: Date | null;
  enrollmentEndsAt: Date | null;
}

/** The columns of a run, for a `select` that has it as `r`. */
export const RUN_COLUMNS = `
  r.key as "runKey", r.course_uuid as "runCourseUuid", r.title, r.org, r.number, r.level_type as "levelType",
  r.image_url as "imageUrl", r.marketing_url as "marketingUrl", r.is_self_paced as "isSelfPaced",
  r.starts_at as "startsAt", r.ends_at as "endsAt",
  r.enrollment_starts_at as "enrollmentStartsAt", r.enrollment_ends_at as "enrollmentEndsAt"`;

/** The columns of a run as they come from PostgreSQL; all null where there is none. */
export interface RunRow extends Omit<RunFacts, "key" | "courseUuid"> {
  runKey: string | null;
  runCourseUuid: string | null;
}

/** Puts the columns of a row where they belong; null where there is no run. */
export function toRun(row: RunRow): RunFacts | null {
  if (row.runKey === null) return null;
  return {
    key: row.runKey,
    courseUuid: row.runCourseUuid,
    title: row.title,
    org: row.org,
    number: row.number,
    levelType: row.levelType,
    imageUrl: row.imageUrl,
    marketingUrl: row.marketingUrl,
    isSelfPaced: row.isSelfPaced,
    startsAt: row.startsAt,
    endsAt: row.endsAt,
    enrollmentStartsAt: row.enrollmentStartsAt,
    enrollmentEndsAt: row.enrollmentEndsAt,
  };
}
