import { DAY_MS } from "../rules/entitlement-rules";

/** Rows by table, in an order that foreign keys allow; the columns of a table's rows are the same. */
export type TableRows = Record<string, Record<string, string | number | boolean | null>[]>;

/** A prime number, so that every stride through the courses reaches each of them once. */
export const BIG_COURSES = 499;

/** The policies of the entitlements of the big world; null stands for no policy. */
export const BIG_POLICIES = [
  null,
  "b1000000-0000-4000-8000-000000000001",
  "b1000000-0000-4000-8000-000000000002",
] as const;

const PERIODS = { expiration_period: "730 days", refund_period: "60 days", regain_period: "14 days" };

/** The UUID of a course of the big demo world, by its number. */
export const bigCourseUuid = (course: number) => `c1000000-0000-4000-8000-${pad(course)}`;
/** Two to four runs, by the course's number. */
export const bigRunCount = (course: number) => 2 + (course % 3);
/** The key of a run of such a course. */
export const bigRunKey = (course: number, run: number) => `course-v1:BigX+BIG.${course}+run${run}`;
/** One course in ten is sold in the professional mode only. */
export const bigMode = (course: number) => (course % 10 === 0 ? "professional" : "verified");

const pad = (number: number) => String(number).padStart(12, "0");

/** Several hundred courses with their runs, half a year apart, and the policies. */
export function bigCatalog(now: Date): TableRows {
  const runs = Array.from({ length: BIG_COURSES }, (_, course) =>
    Array.from({ length: bigRunCount(course) }, (_, run) => ({ course, run })),
  ).flat();
  return {
    site: [{ id: 101, domain: "big.demo.example", name: "BigX" }],
    course_entitlement_policy: [
      { id: BIG_POLICIES[1], site_id: 101, mode: null, ...PERIODS },
      { id: BIG_POLICIES[2], site_id: 101, mode: "verified", ...PERIODS, expiration_period: "365 days" },
    ],
    course_run: runs.map(({ course, run }) => bigRun(course, run, now)),
    course_mode: runs.flatMap(({ course, run }) => [
      bigCourseMode(course, run, bigMode(course), 49),
      bigCourseMode(course, run, "audit", 0),
    ]),
  };
}

function bigRun(course: number, run: number, now: Date): TableRows[string][number] {
  // The newest run of a course starts in the future.
  const starts = now.getTime() + (30 + (course % 60) - 180 * (bigRunCount(course) - 1 - run)) * DAY_MS;
  const instant = (days: number) => new Date(starts + days * DAY_MS).toISOString();
  return {
    key: bigRunKey(course, run),
    course_uuid: bigCourseUuid(course),
    title: `Big course ${course}`,
    org: "BigX",
    number: `BIG.${course}`,
    level_type: course % 2 === 0 ? "Introductory" : "Advanced",
    image_url: `https://big.demo.example/images/${course}.png`,
    marketing_url: `https://big.demo.example/courses/${course}`,
    is_self_paced: course % 4 === 0,
    starts_at: instant(0),
    ends_at: instant(120),
    enrollment_starts_at: instant(-120),
    enrollment_ends_at: instant(60),
    max_enrollments: course % 50 === 0 ? 100 : null,
  };
}

function bigCourseMode(
  course: number,
  run: number,
  slug: string,
  minPrice: number,
): TableRows[string][number] {
  const sku = minPrice > 0 ? `BIG-${course}-${run}` : null;
  return { course_run_key: bigRunKey(course, run), slug, min_price: minPrice, expires_at: null, sku };
}
