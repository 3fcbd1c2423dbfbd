import { Certificate } from "../entities/certificate";
import { CourseEnrollment } from "../entities/course-enrollment";
import { CourseRun } from "../entities/course-run";
import type { DemoOpenEdx } from "./open-edx";
import type { Moment } from "./past";
import { ago, idOf, numbered, signed, type Numbered } from "./story";

/** When the runs were planned, before all else, in days before now. */
const RUNS_PLANNED = 1_000;

/** How what the LMS and the catalog of the demo world hold came to be: what decisions of the past depend on. */
export function lmsStory({ runs, enrollments, certificates }: DemoOpenEdx, now: Date): Moment[] {
  const examples = numbered();
  const exampleOf = (letters: string, id: string) =>
    examples.find(({ number }) => idOf(letters, number) === id)!;
  return [
    ...runs.map((row) => ({
      at: ago(now, RUNS_PLANNED),
      entity: CourseRun,
      row,
      by: signed("system", "recordRuns", "JOB"),
    })),
    ...enrollments.flatMap((row) => enrollmentStory(exampleOf("a", row.id), row, now)),
    ...certificates.map((row) => ({
      at: ago(now, (exampleOf("9", row.id).spent?.ago ?? 0) / 2),
      entity: Certificate,
      row,
      by: signed("system", "recordCertificate", "JOB"),
    })),
  ];
}

/** When the learner enrolled, and when they left the run, if they did. */
function enrollmentStory(example: Numbered, row: CourseEnrollment, now: Date): Moment<CourseEnrollment>[] {
  const { spent, left, beside, learner = "ada" } = example;
  const entity = CourseEnrollment;
  const enrolled = Math.max(spent?.enrolled ?? 0, spent?.ago ?? beside?.ago ?? left ?? 0);
  const by = beside ? signed("system", "recordEnrollments", "JOB") : signed(learner, "enrollAndFulfill");
  const first = { at: ago(now, enrolled), entity, row: Object.assign({}, row, { isActive: true }), by };
  if (row.isActive) return [first];
  const out = leaving(example);
  return [first, { at: ago(now, out.ago), entity, row, by: out.by }];
}

/** What took the learner out of the run: a refund, or a re-issue. */
function leaving({ refund, support = [], learner = "ada" }: Numbered): Pick<Moment, "by"> & { ago: number } {
  if (refund) return { ago: refund.ago, by: signed(learner, "unenrollAndRefund") };
  const [, days = 0] = support.find(([action]) => action === "REISSUE") ?? [];
  return { ago: days, by: signed("grace", "reissueEntitlement") };
}
