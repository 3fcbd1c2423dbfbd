import { isDeepStrictEqual } from "node:util";

/** One answer of ours beside the original's. */
export interface Answer {
  field: string;
  got: unknown;
  recorded: unknown;
  /** What we must answer where named rules touch the input; otherwise what was recorded. */
  wanted: unknown;
  /** The rules that touch the input. */
  rules: readonly string[];
}

/** An answer that is not what it must be. */
export interface Failure {
  field: string;
  expected: unknown;
  got: unknown;
}

/** What came of replaying one vector. */
export interface Verdict {
  id: string;
  answers: number;
  failures: Failure[];
  /** How many answers a rule changed, and the rules that did. */
  changed: number;
  differences: Set<string>;
  /** Of a scenario: how many of its steps were compared. */
  steps?: { compared: number; total: number };
}

/**
 * Compares field by field: a difference counts only where our documented answer really is another one. `restated` are
 * the answers of the restated original to the very input: it is trusted only while it says what was recorded.
 */
export function judge(id: string, answers: readonly Answer[], restated: readonly Answer[] = []): Verdict {
  const verdict: Verdict = { id, answers: 0, changed: 0, failures: [], differences: new Set() };
  for (const { field, got, recorded, wanted, rules } of answers.flatMap(leaves)) {
    verdict.answers += 1;
    if (!isDeepStrictEqual(got, wanted)) verdict.failures.push({ field, expected: wanted, got });
    else if (!isDeepStrictEqual(wanted, recorded)) {
      verdict.changed += 1;
      for (const rule of rules) verdict.differences.add(rule);
    }
  }
  for (const { field, got, recorded } of restated.flatMap(leaves))
    if (!isDeepStrictEqual(got, recorded))
      verdict.failures.push({ field: `the original as restated here: ${field}`, expected: recorded, got });
  return verdict;
}

/** An answer that is an object in all three is compared by its fields, so that a report names the one that differs. */
function leaves(answer: Answer): Answer[] {
  const { field, got, recorded, wanted, rules } = answer;
  if (!isRecord(got) || !isRecord(recorded) || !isRecord(wanted)) return [answer];
  const names = new Set([got, recorded, wanted].flatMap((value) => Object.keys(value)));
  return [...names].flatMap((name) =>
    leaves({
      field: `${field}.${name}`,
      got: got[name],
      recorded: recorded[name],
      wanted: wanted[name],
      rules,
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
