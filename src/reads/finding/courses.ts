import type { CourseRun } from "../../entities/course-run";
import { byKey } from "../../store/by-key";
import { sliceOf, toPage, type Page, type PageRequest } from "../../store/rows/page";
import { listOf, select, type Database } from "../../store/statement";
import { RUN } from "../enrollments";

/** A course, by the runs that the catalog has of it, those that start first first; at least one. */
export interface CourseFacts {
  courseUuid: string;
  runs: CourseRun[];
}

/** A course mode, and whether a run has a price for it. */
export interface ModeFacts {
  slug: string;
  isPriced: boolean;
}

/** A host of the installation. */
export interface SiteFacts {
  id: string;
  /** Its host name. */
  domain: string;
  name: string;
}

const ORDER = "r.course_uuid, r.starts_at nulls last, r.key";
/** The words by which a run `r` is found; the index has the same. */
const WORDS = `words_of(r.title || ' ' || r.org || ' ' || r.number || ' ' || regexp_replace(r.key, '^course-v1:', ''))`;
const WORDS_AT_MOST = 8;

/** A condition on the words of a run `r`, each of which must begin like one that was asked for. */
const matchesWords = (parameter: string) => `${WORDS} @@ lower(${parameter})::tsquery`;

/** What to look for in the words of runs; null where a text has no words. */
export function wordsIn(text: string): string | null {
  const words = text.replace(/^course-v1:/i, "").split(/[\s!-/:-@[-`{-~]+/);
  const found = words.filter((word) => word !== "").slice(0, WORDS_AT_MOST);
  return found.length > 0 ? found.map((word) => `'${word}':*`).join(" & ") : null;
}

/** Courses by their UUIDs; null for those of which the catalog has no run. */
export async function coursesById(db: Database, ids: readonly string[]): Promise<(CourseFacts | null)[]> {
  const rows = await select(
    db,
    `select ${RUN.list} from course_run r where r.course_uuid = any(${listOf("$1", "uuid")}) order by ${ORDER}`,
    [ids],
  );
  return byKey(ids, toCourses(rows.map((row) => RUN.of(row)!)), ({ courseUuid }) => courseUuid);
}

/** Runs by their keys; null for those that the catalog does not have. */
export async function runsByKey(db: Database, keys: readonly string[]): Promise<(CourseRun | null)[]> {
  const sql = `select ${RUN.list} from course_run r where r.key = any(${listOf("$1", "text")})`;
  const rows = await select(db, sql, [keys]);
  return byKey(
    keys,
    rows.map((row) => RUN.of(row)!),
    ({ key }) => key,
  );
}

/** A page of the courses of the catalog, in the order of their UUIDs; with words, those with a run that has them. */
export async function findCourses(
  db: Database,
  words: string | null,
  page: PageRequest,
): Promise<Page<CourseFacts>> {
  const values: unknown[] = [page.size + 1];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const sorting = { value: "r.course_uuid", id: "r.course_uuid", direction: "ASC" } as const;
  const { condition, order } = sliceOf(sorting, page, parameter);
  const conditions = [
    "r.course_uuid is not null",
    condition,
    ...(words === null ? [] : [matchesWords(parameter(words))]),
  ];
  const rows = await select(
    db,
    `select ${RUN.list} from course_run r where r.course_uuid = any(array(
       select r.course_uuid from course_run r where ${conditions.join(" and ")}
       group by r.course_uuid order by ${order} limit $1
     )) order by ${page.isBackward ? ORDER.replace("r.course_uuid", "r.course_uuid desc") : ORDER}`,
    values,
  );
  return toPage(toCourses(rows.map((row) => RUN.of(row)!)), page);
}

/** The runs with these words, those that start last first. */
export async function findRuns(db: Database, words: string, limit: number): Promise<CourseRun[]> {
  const rows = await select(
    db,
    `select ${RUN.list} from course_run r where ${matchesWords("$1")}
     order by r.starts_at desc nulls last, r.key limit $2`,
    [words, limit],
  );
  return rows.map((row) => RUN.of(row)!);
}

/** The UUIDs of the courses with a run that has these words, those with the latest run first. */
export async function findCourseIds(db: Database, words: string, limit: number): Promise<string[]> {
  const rows = await select<{ id: string }>(
    db,
    `select r.course_uuid as id from course_run r where r.course_uuid is not null and ${matchesWords("$1")}
     group by r.course_uuid order by max(r.starts_at) desc nulls last, r.course_uuid limit $2`,
    [words, limit],
  );
  return rows.map(({ id }) => id);
}

/** Every course mode of the catalog, by its name. From each name the index leads to the next. */
export function allModes(db: Database): Promise<ModeFacts[]> {
  return select<ModeFacts>(
    db,
    `with recursive mode(slug) as (
       (select slug from course_mode order by slug limit 1)
       union all
       select (select m.slug from course_mode m where m.slug > mode.slug order by m.slug limit 1)
       from mode where mode.slug is not null
     )
     select slug, (
       select m.min_price > 0 from course_mode m where m.slug = mode.slug order by m.min_price desc limit 1
     ) as "isPriced" from mode where slug is not null order by slug`,
  );
}

/** Every site, by its host. */
export function allSites(db: Database): Promise<SiteFacts[]> {
  return select<SiteFacts>(db, "select id, domain, name from site order by domain");
}

function toCourses(runs: CourseRun[]): CourseFacts[] {
  const courses = new Map<string, CourseFacts>();
  for (const run of runs) {
    const courseUuid = run.courseUuid!;
    const course = courses.get(courseUuid) ?? { courseUuid, runs: [] };
    courses.set(courseUuid, course);
    course.runs.push(run);
  }
  return [...courses.values()];
}
