import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { PAGES, withTables } from "../../src/cli/docs-tables";
import { ERROR_MEANINGS } from "../../src/engine/error-meanings";

const pages = ["README.md", "SECURITY.md", ...readdirSync("docs").map((name) => join("docs", name))];

test.each(PAGES)("the tables of %s are what the code says; `npm run docs` writes them", (page) => {
  const text = readFileSync(page, "utf8");
  expect(text).toContain("<!-- table: ");
  expect(withTables(text)).toBe(text);
});

test.each(pages)("every link of %s to a file leads to one", (page) => {
  const links = [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) => to!);
  expect(links.filter((to) => !existsSync(join(dirname(page), to)))).toEqual([]);
});

test("every error code that the code gives is described", () => {
  const given = ["src/engine", "src/http"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => codesIn(readFileSync(join(folder, file), "utf8"))),
  );
  expect(given.length).toBeGreaterThan(5);
  expect([...new Set(given)].filter((code) => !Object.hasOwn(ERROR_MEANINGS, code))).toEqual([]);
});

/** The codes in a source text: where a code is named as such, and the constants of codes. */
function codesIn(source: string): string[] {
  const places =
    /(?:\bcode(?:\?)?[:=] ?|\bcode = |case |export const [A-Z_]+ = )"([A-Z]+(?:_[A-Z]+)+|FORBIDDEN|UNAUTHENTICATED)"/g;
  return [...source.matchAll(places)].map(([, code]) => code!);
}

test("the README stays short", () => {
  expect(readFileSync("README.md", "utf8").split("\n").length).toBeLessThanOrEqual(151);
});
