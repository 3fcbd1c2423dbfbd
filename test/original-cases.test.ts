import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CASES } from "./original-cases";

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, place) => `${prefix}${place + 1}`);

/** How many cases of each kind there are. */
const ALL = [
  ...numbered("M", 8),
  ...numbered("R", 34),
  ...numbered("E", 10),
  ...numbered("S", 1),
  ...numbered("F", 9),
  ...numbered("T", 4),
  ...numbered("C", 3),
  ...numbered("8.7.", 16),
];

test.each(ALL)("case %s has a test", (id) => {
  expect(CASES[id]?.length).toBeGreaterThan(0);
});

test.each(Object.entries(CASES))(
  "the tests of case %s exist, under its id or their own title",
  (_, tests) => {
    for (const [file, title] of tests)
      expect(readFileSync(join("test", file), "utf8")).toContain(`"${title}`);
  },
);
