import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { replacedWordsIn } from "../support/replaced-words";

/** The files that hold replaced words as examples. */
const WITH_EXAMPLES = new Set([
  "test/graphql/schema.test.ts",
  "test/support/replaced-words.ts",
  "test/tidy/words.test.ts",
]);

const filesIn = (folder: string, ending: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith(ending) && !WITH_EXAMPLES.has(file));

const sources = [
  ...["src", "test", "bench", "console/src"].flatMap((folder) => filesIn(folder, ".ts")),
  ...filesIn("console/src", ".tsx"),
].filter((file) => !/^console\/src\/(gql|words\/de)\//.test(file)); // generated, or in German
const pages = [...readdirSync(".").filter((file) => file.endsWith(".md")), ...filesIn("docs", ".md")];

/** Comments, texts, and regular expressions, which could hold a quotation mark. */
const TOKENS =
  /\/\*[^]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<=[(,=:!?&|[{;]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;

/** The comments of a source text, and its texts of several words: refusals, log messages, titles of tests. */
function proseOf(source: string): string[] {
  return [...source.matchAll(TOKENS)].flatMap(([token]) => {
    if (/^\/[*/]/.test(token)) return token.replaceAll(/\n\s*\*/g, " ");
    const text = token.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, "it");
    return /^["'`]/.test(token) && text.includes(" ") ? text : [];
  });
}

const replacedIn = (texts: string[]) => texts.flatMap(replacedWordsIn);

test.each(sources)("the comments and texts of %s use the words of the glossary", (file) => {
  expect(replacedIn(proseOf(readFileSync(file, "utf8")))).toEqual([]);
});

test.each(pages)("the page %s uses the words of the glossary", (file) => {
  expect(replacedWordsIn(readFileSync(file, "utf8"))).toEqual([]);
});

test.each([
  ['throw new Refusal("CONFLICT", "The order was paid back.");', ["paid back"]],
  ['log.warn({ id }, "a refund is under way");', ["under way"]],
  ['test("somebody redeems", () => {});', ["somebody"]],
  ["/** Runs a transaction\n * anew. */", ["anew"]],
  ["const text = `${count} persons`; // spent", ["persons", "spent"]],
  ['const isQuoted = /"/.test(text); // money', ["money"]],
  ['const door = spend("money"); // calls `spend`', []],
])("the words of %j that the glossary replaces are %j", (source, words) => {
  expect(replacedIn(proseOf(source))).toEqual(words);
});

test("no title of a test begins with an id that no document of the repository explains", () => {
  const titles = sources.flatMap((file) => proseOf(readFileSync(file, "utf8")));
  expect(titles.filter((title) => /^[A-Z]{2,}-\d+: /.test(title))).toEqual([]);
});
