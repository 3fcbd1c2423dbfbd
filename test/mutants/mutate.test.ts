import { mutantsOf } from "./mutate";

test("each condition, comparison and refusal gives a mutant, and comments give none", () => {
  const source = [
    "// a < b && c",
    "if (age >= limit)",
    '    throw new refusal_1.Refusal("NO", "No.");',
    "return a && b;",
  ].join("\n");
  const mutants = mutantsOf(source);
  expect(mutants.map(({ line, is }) => [line, is])).toEqual([
    [2, "if (true)"],
    [2, "if (false)"],
    [2, "if (age > limit)"],
    [3, 'void new refusal_1.Refusal("NO", "No.");'],
    [4, "return a || b;"],
  ]);
  expect(mutants.map(({ refuses }) => refuses)).toEqual([true, true, true, true, false]);
  expect(mutants[2]!.source).toBe(source.replace(">=", ">"));
});
