import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);

interface Declaration {
  /** `function`, `class`, `const`, `interface` or `type`. */
  kind: string;
  name: string;
  /** The line that declares it. */
  line: string;
  /** The last line above it that is neither a decorator nor an overload. */
  above: string;
}

/** What a source text exports. Prettier has formatted it, so that an export begins its line. */
function exportsOf(source: string): Declaration[] {
  const lines = source.split("\n");
  return lines.flatMap((line, at) => {
    const found =
      /^export (?:abstract )?(?:async )?(?<kind>function|class|const|interface|type) (?<name>\w+)/.exec(line);
    if (!found) return [];
    const isPartOfIt = (text: string) =>
      /^(?:@|\s|\}|\)| )/.test(text) || text.startsWith(`export function ${found.groups!["name"]!}`);
    const above = lines.slice(0, at).findLast((text) => !isPartOfIt(text) || text.endsWith(" */")) ?? "";
    return [{ kind: found.groups!["kind"]!, name: found.groups!["name"]!, line, above }];
  });
}

/** Exports whose name and place say all that a docstring could. */
const OBVIOUS: readonly [why: string, is: (declaration: Declaration, file: string) => boolean][] = [
  [
    "a class of GraphQL: its decorator describes it, which the lint of the schema checks",
    ({ kind, name }, file) =>
      kind === "class" &&
      file.startsWith("graphql/") &&
      (/(Input|Payload|Mutation|View|Resolver|Args|Filter|Order|Connection)$/.test(name) ||
        ["Node", "PageInfo", "UserError"].includes(name)),
  ],
  [
    "an enum, scalar or union of GraphQL: it is registered with its description",
    ({ kind, name }, file) =>
      kind === "const" &&
      file.startsWith("graphql/") &&
      /(Enum|Scalar|EnumName|TypeName|State|Reference)$/.test(name),
  ],
  [
    "the input of a command, which has the name of its file",
    ({ kind, name }, file) =>
      kind === "interface" && file.startsWith("use-cases/") && name === pascal(basename(file, ".ts")),
  ],
  ["the names of a constant's members", ({ line }) => /= keyof typeof \w+;$/.test(line)],
];

function pascal(name: string): string {
  return name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

test.each(files)("what %s exports has a docstring, or is obvious", (file) => {
  const bare = exportsOf(readFileSync(join("src", file), "utf8"))
    .filter(({ above }) => !above.endsWith("*/"))
    .filter((declaration) => !OBVIOUS.some(([, is]) => is(declaration, file)));
  expect(bare.map(({ name }) => name)).toEqual([]);
});

test("each reason for obvious exports is needed", () => {
  const all = files.flatMap((file) =>
    exportsOf(readFileSync(join("src", file), "utf8"))
      .filter(({ above }) => !above.endsWith("*/"))
      .map((declaration) => ({ declaration, file })),
  );
  expect(all.length).toBeGreaterThan(50);
  for (const [why, is] of OBVIOUS)
    expect({ why, some: all.some(({ declaration, file }) => is(declaration, file)) }).toEqual({
      why,
      some: true,
    });
});

/** Names that say what they hold and in which unit: instants, milliseconds, identities, addresses, questions. */
const PLAIN_NAME = /^(is[A-Z]\w*|\w*(At|Ms|Seconds|Ids?|Uuids?|Keys?|Url|Number|Role|Domain|Status))$/;

/** Words that have the same meaning everywhere: from the glossary, from Open edX, from HTTP, and from programming. */
const PLAIN_WORDS = new Set(
  (
    "username mode slug org title comments action state " +
    "url headers cookie body code message password issuer audience " +
    "id ids key keys name type kind field fields column table count first"
  ).split(" "),
);

/** Whether a field's type is one that its own docstring explains. */
const hasNamedType = (line: string) =>
  /\??: (?:readonly )?(?!Record|Map|Set|Promise|Date\b|Buffer)[A-Z]\w+/.test(line);

test.each(files)("the fields of what %s exports have a docstring, a plain name or a type of ours", (file) => {
  expect(bareFieldsOf(readFileSync(join("src", file), "utf8"))).toEqual([]);
});

test("each plain word is in use", () => {
  const text = files.map((file) => readFileSync(join("src", file), "utf8")).join("\n");
  const unused = [...PLAIN_WORDS].filter(
    (word) => !new RegExp(`^ {2}(?:readonly )?${word}\\??:`, "m").test(text),
  );
  expect(unused).toEqual([]);
});

/** The fields of exported interfaces that nothing explains. */
function bareFieldsOf(source: string): string[] {
  const lines = source.split("\n");
  const bare: string[] = [];
  let type: string | undefined;
  for (const [at, line] of lines.entries()) {
    type = /^export interface (\w+)/.exec(line)?.[1] ?? (line.startsWith("}") ? undefined : type);
    const field = type && /^ {2}(?:readonly )?(\w+)\??[(:]/.exec(line)?.[1];
    if (!field || lines[at - 1]!.endsWith("*/") || line.includes("// ")) continue;
    if (!PLAIN_NAME.test(field) && !PLAIN_WORDS.has(field) && !hasNamedType(line))
      bare.push(`${type}.${field}`);
  }
  return bare;
}
