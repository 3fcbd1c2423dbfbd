import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ApolloServerErrorCode } from "@apollo/server/errors";
import { PAGES, withTables } from "../../src/cli/docs-tables";
import { schema } from "../support/demo-app";
import { ERROR_MEANINGS } from "../../src/engine/error-meanings";

const pages = [
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

test.each(PAGES)("the tables of %s are what the code says; `npm run docs` writes them", (page) => {
  const text = readFileSync(page, "utf8");
  expect(text).toContain("<!-- table: ");
  expect(withTables(text, schema)).toBe(text);
});

test.each(pages)("every link of %s to a file leads to one", (page) => {
  const links = [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) => to!);
  expect(links.filter((to) => !existsSync(join(dirname(page), to)))).toEqual([]);
});

test.each(pages)("every file of the repository that %s names is there", (page) => {
  const named = [...readFileSync(page, "utf8").matchAll(/`((?:src|test|bench|migrations)\/[\w./-]+)`/g)];
  expect(named.map(([, path]) => path!).filter((path) => !existsSync(path))).toEqual([]);
});

test("the code of a mutation can be read in at most 12 files, and each is imported by another of them", () => {
  const walk = /### Read the code of one mutation\n([^]*?)\n###/.exec(
    readFileSync("CONTRIBUTING.md", "utf8"),
  )![1]!;
  const files = [...walk.matchAll(/^\d+\. `(.+)`/gm)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(5);
  expect(files.length).toBeLessThanOrEqual(12);
  const strangers = files
    .slice(1)
    .filter((file) => !files.some((other) => importsOf(other).includes(file.replace(/\.ts$/, ""))));
  expect(strangers).toEqual([]);
});

function importsOf(file: string): string[] {
  const paths = readFileSync(file, "utf8").matchAll(/from "(\.[^"]+)"/g);
  return [...paths].map(([, path]) => join(dirname(file), path!));
}

test("every command of an operator is in the table of commands", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  const told = readFileSync("docs/commands.md", "utf8");
  const commands = Object.keys(scripts).filter((name) => scripts[name]!.includes("dist/src/cli/"));
  expect(commands.length).toBeGreaterThan(10);
  expect(commands.filter((name) => !told.includes(`\`npm run ${name}`))).toEqual([]);
});

test("every error code that the server sends is described", () => {
  const given = ["src/engine", "src/http"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => codesIn(readFileSync(join(folder, file), "utf8"))),
  );
  expect(given.length).toBeGreaterThan(5);
  expect([...new Set(given)].filter((code) => !Object.hasOwn(ERROR_MEANINGS, code))).toEqual([]);
});

test("every error code that Apollo Server sends by itself is described, but for that of a feature that is off", () => {
  const missing = Object.values(ApolloServerErrorCode).filter((code) => !Object.hasOwn(ERROR_MEANINGS, code));
  expect(missing).toEqual([ApolloServerErrorCode.PERSISTED_QUERY_NOT_FOUND]);
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
