import { DAY_MS } from "../rules/entitlement-rules";
import type { CourseMode } from "../entities/course-mode";
import type { CourseRun } from "../entities/course-run";

/** The instant a number of days after another one, or before it when negative; null stays null. */
export function daysFrom(now: Date, days: number): Date;
export function daysFrom(now: Date, days: number | null | undefined): Date | null;
export function daysFrom(now: Date, days: number | null | undefined): Date | null {
  return days === null || days === undefined ? null : new Date(now.getTime() + days * DAY_MS);
}

/** A run with all times in days from now; missing values are null. */
interface RunKind {
  starts: number | null;
  ends?: number;
  enrollment?: [from: number, to: number];
  isSelfPaced?: boolean;
  maxEnrollments?: number;
  modes: [slug: string, minPrice: number, upgradeDeadline?: number][];
}

const audit: RunKind["modes"][number] = ["audit", 0];
const verified: RunKind["modes"][number] = ["verified", 49];

/** Every kind of run, by the name at the end of its key. */
export const RUN_KINDS = {
  open: { starts: -30, ends: 120, enrollment: [-60, 60], modes: [audit, verified] },
  selfPaced: { starts: -400, isSelfPaced: true, modes: [audit, verified] },
  future: { starts: 60, ends: 180, enrollment: [-10, 90], modes: [audit, verified] },
  notYetOpen: { starts: 90, ends: 200, enrollment: [45, 100], modes: [audit, verified] },
  closed: { starts: -90, ends: 30, enrollment: [-120, -30], modes: [audit, verified] },
  ended: { starts: -900, ends: -800, enrollment: [-950, -850], modes: [audit, verified] },
  full: { starts: -5, ends: 90, maxEnrollments: 1, modes: [audit, verified] },
  upgradeOver: { starts: -40, ends: 60, modes: [audit, ["verified", 49, -3]] },
  noStart: { starts: null, modes: [audit, verified] },
  auditOnly: { starts: -30, modes: [audit] },
  professional: { starts: -3, ends: 60, modes: [["professional", 400]] },
  noIdProfessional: { starts: -3, ends: 60, modes: [["no-id-professional", 300]] },
} satisfies Record<string, RunKind>;
export type RunKindName = keyof typeof RUN_KINDS;

/** A course is identified by its number; its UUID and the keys of its runs are derived from it. */
export const courseUuid = (course: number) => `c0000000-0000-4000-8000-${String(course).padStart(12, "0")}`;
/** The key of a run of a course, by the kind of the run. */
export const runKey = (course: number, kind: string) => `course-v1:DemoX+${courseNumber(course)}+${kind}`;
const courseNumber = (course: number) => `DEMO.${String(course).padStart(2, "0")}`;

/** A run of a course in the catalog. */
export function demoRun(course: number, title: string, kind: RunKindName, now: Date): CourseRun {
  const run: RunKind = RUN_KINDS[kind];
  const place = Object.keys(RUN_KINDS).indexOf(kind);
  return {
    key: runKey(course, kind),
    id: `80000000-0000-4000-8000-${String(100 * course + place).padStart(12, "0")}`,
    courseUuid: courseUuid(course),
    title,
    org: "DemoX",
    number: courseNumber(course),
    levelType: course % 2 === 0 ? "Introductory" : "Advanced",
    imageUrl: `https://demo.example/images/${course}.png`,
    marketingUrl: `https://demo.example/courses/${course}`,
    isSelfPaced: run.isSelfPaced ?? false,
    startsAt: daysFrom(now, run.starts),
    endsAt: daysFrom(now, run.ends),
    enrollmentStartsAt: daysFrom(now, run.enrollment?.[0]),
    enrollmentEndsAt: daysFrom(now, run.enrollment?.[1]),
    maxEnrollments: run.maxEnrollments ?? null,
    seenAt: null,
  };
}

/** The modes in which a run of that kind is offered. */
export function demoModes(course: number, kind: RunKindName, now: Date): CourseMode[] {
  const run: RunKind = RUN_KINDS[kind];
  return run.modes.map(([slug, minPrice, upgradeDeadline]) => ({
    courseRunKey: runKey(course, kind),
    slug,
    currency: "usd",
    minPrice,
    expiresAt: daysFrom(now, upgradeDeadline),
    sku: minPrice > 0 ? `SKU-${course}-${slug}` : null,
  }));
}
