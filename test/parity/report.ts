import { allDifferences } from "./differences";
import type { Summary } from "./replay";

const counted = (count: number) => count.toLocaleString("en-US");

/** One line on a file, then its first failures in full. */
export function describeFile(summary: Summary): string {
  const { file, passed, failed, differing, differences, answers, changed, failures } = summary;
  const rules = [...differences].map(([rule, count]) => `${rule} ${counted(count)}`).join(", ");
  const byDesign = differing > 0 ? ` (${rules})` : "";
  const same = `${counted(answers - changed)} of ${counted(answers)} answers compared as the original's`;
  return [
    `${file}: ${counted(passed)} passed, ${counted(failed)} failed, ${counted(differing)} differing by design${byDesign}; ${same}`,
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
  const explained = allDifferences.filter(({ name }) => occurred.has(name));
  const sum = (pick: (summary: Summary) => number) => summaries.map(pick).reduce((a, b) => a + b, 0);
  return [
    ...explained.map(({ name, reason }) => `${name}: ${reason}`),
    `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`,
  ].join("\n");
}
