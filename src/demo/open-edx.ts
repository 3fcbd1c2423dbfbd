import type { Certificate } from "../entities/certificate";
import type { CourseEnrollment } from "../entities/course-enrollment";
import type { CourseMode } from "../entities/course-mode";
import type { CourseRun } from "../entities/course-run";
import { demoModes, demoRun, runKey } from "./catalog";
import { ago, idOf, learnerOf, numbered, type Numbered } from "./story";

/** What the LMS and the catalog of the demo world hold besides its accounts. */
export interface DemoOpenEdx {
  runs: CourseRun[];
  modes: CourseMode[];
  enrollments: CourseEnrollment[];
  /** All with a status: an example without a certificate has none here. */
  certificates: (Certificate & { status: string })[];
}

/** The Open edX installation of the demo world at an instant. */
export function demoOpenEdx(now: Date): DemoOpenEdx {
  const examples = numbered();
  const runs = examples
    .filter(({ number, course = number }) => course === number)
    .flatMap(({ number, title, runs = ["open", "future"] }) =>
      runs.map((kind) => ({ number, title, kind }) as const),
    );
  return {
    runs: runs.map(({ number, title, kind }) => demoRun(number, title, kind, now)),
    modes: runs.flatMap(({ number, kind }) => demoModes(number, kind, now)),
    enrollments: examples.flatMap((example) => enrollmentsOf(example, now)),
    certificates: examples.flatMap(certificatesOf),
  };
}

function enrollmentsOf(example: Numbered, now: Date): CourseEnrollment[] {
  const { number, course = number, spent, left, beside, mode = "verified" } = example;
  const enrolled = spent
    ? { run: spent.run ?? "open", mode, ago: spent.enrolled === undefined ? spent.ago : spent.enrolled }
    : (beside ?? (left === undefined ? undefined : { run: "open", mode, ago: left }));
  if (!enrolled) return [];
  return [
    {
      id: idOf("a", number),
      userId: learnerOf(example),
      courseRunKey: runKey(course, enrolled.run),
      mode: enrolled.mode,
      isActive: left === undefined,
      createdAt: enrolled.ago === null ? null : ago(now, enrolled.ago),
      seenAt: null,
    },
  ];
}

function certificatesOf(example: Numbered): DemoOpenEdx["certificates"] {
  const { number, course = number, certificate, spent } = example;
  if (!certificate || !spent) return [];
  const courseRunKey = runKey(course, spent.run ?? "open");
  return [
    { id: idOf("9", number), userId: learnerOf(example), courseRunKey, status: certificate, seenAt: null },
  ];
}
