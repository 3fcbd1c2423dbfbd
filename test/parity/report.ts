import {
  fulfillableDifferences,
  fulfillableForRunDifferences,
  policyDifferences,
  scopeDifferences,
} from "./differences";
import { scenarioDifferences } from "./scenarios/differences";
import type { Summary } from "./replay";

const allDifferences = [
  ...policyDifferences,
  ...scopeDifferences,
  ...fulfillableDifferences,
  ...fulfillableForRunDifferences,
  ...scenarioDifferences,
];
const counted = (count: number) => count.toLocaleString("en-US");

/** One line on a file, then its first failures in full. */
export function describeFile(summary: Summary): string {
  const { file, passed, failed, differing, differences, answers, changed, steps, failures } = summary;
  const rules = [...differences].map(([rule, count]) => `${rule} ${counted(count)}`).join(", ");
  const byDesign = differing > 0 ? ` (${rules})` : "";
  const same = `${counted(answers - changed)} of ${counted(answers)} answers compared as the original's`;
  const compared =
    steps.total > 0 ? `; ${counted(steps.compared)} of ${counted(steps.total)} steps compared` : "";
  return [
    `${file}: ${counted(passed)} passed, ${counted(failed)} failed, ${counted(differing)} differing by design${byDesign}; ${same}${compared}`,
    ...failures.flatMap(({ id, field, expected, got }) => [
      `  ${id}  ${field}`,
      `    expected  ${JSON.stringify(expected)}`,
      `    got       ${JSON.stringify(got)}`,
    ]),
  ].join("\n");
}

/** What the named differences are that occurred, and in the last line what counts. */
export function describeAll(summaries: readonly Summary[]): string {
  const occurred = new Set(summaries.flatMap(({ differences }) => [...differences.keys()]));
  const explained = new Map(allDifferences.map(({ name, reason }) => [name, reason]));
  const sum = (pick: (summary: Summary) => number) => summaries.map(pick).reduce((a, b) => a + b, 0);
  return [
    ...[...occurred].map((name) => `${name}: ${explained.get(name)}`),
    `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`,
  ].join("\n");
}
