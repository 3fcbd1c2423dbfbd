import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CASES } from "./original-cases";

/** The ids that the table in the documentation describes. */
const LISTED = [
  ...readFileSync("docs/original-cases.md", "utf8").matchAll(/^\| (?<id>[A-Z]\d+|8\.7\.\d+) +\| \S/gm),
].map(({ groups }) => groups!["id"]!);

test("docs/original-cases.md lists each case once", () => {
  expect(LISTED.length).toBeGreaterThanOrEqual(69 + 16);
  expect(new Set(LISTED).size).toBe(LISTED.length);
});

test.each(LISTED)("case %s has a test", (id) => {
  expect(CASES[id]?.length).toBeGreaterThan(0);
});

test("every case that a test or a comment cites is listed", () => {
  const files = ["src", "test", "bench"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  );
  const cited = files
    .filter((file) => file.endsWith(".ts"))
    .flatMap(
      (file) => readFileSync(file, "utf8").match(/\b(?:[MRESFTCN]\d{1,2}(?=[:,](?!\d))|8\.7\.\d+)/g) ?? [],
    );
  expect(cited.length).toBeGreaterThan(LISTED.length);
  expect([...new Set(cited)].filter((id) => !LISTED.includes(id))).toEqual([]);
});

test.each(Object.entries(CASES))(
  "the tests of case %s exist, under its id or their own title",
  (_, tests) => {
    for (const [file, title] of tests)
      expect(readFileSync(join("test", file), "utf8")).toContain(`"${title}`);
  },
);

/** The cases whose subject lies behind the commands, so that it is the same for every interface. */
const BEHIND_COMMANDS = [
  "R9",
  "R10",
  "R11",
  "R12",
  "R13",
  "R14",
  "R15",
  "R16",
  "R17",
  "R20",
  "R21",
  "E4",
  "E5",
];

test("each case of the REST interface and of enrollments has a test over REST too, or lies behind the commands", () => {
  const tests = readdirSync("test/rest").map((file) => readFileSync(join("test/rest", file), "utf8"));
  const overRest = tests.flatMap((text) => text.match(/\b[RE]\d{1,2}(?=[:,](?!\d))/g) ?? []);
  const wanted = LISTED.filter((id) => /^[RE]\d/.test(id));
  expect(new Set([...overRest, ...BEHIND_COMMANDS])).toEqual(new Set(wanted));
  expect(overRest.filter((id) => BEHIND_COMMANDS.includes(id))).toEqual([]);
});
