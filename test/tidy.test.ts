import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { HEAVY, LONG } from "./support/long-tests";

/** The rooms that each room may import, from the table in the documentation. Type imports count too. */
const MAY_IMPORT: Record<string, string[]> = Object.fromEntries(
  readFileSync("docs/architecture.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => {
      const [rooms, others] = line.split("|").slice(1).map(namesIn);
      return rooms!.map((room): [string, string[]] => [room, others!]);
    }),
);

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}

/** The rooms where everything is put together: they may import every room, and no room imports them. */
const ENTRY_ROOMS = new Set(["main", "compose", "cli"]);

const FILE_LINES_AT_MOST = 200;
const FILES_AT_MOST = 12;

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);
const sourceOf = (file: string) => readFileSync(join("src", file), "utf8");
const roomOf = (file: string) => file.split("/")[0]!.replace(/\.ts$/, "");
const importsOf = (file: string) =>
  [...sourceOf(file).matchAll(/(?:from|import|require)\s*\(?\s*"(\.[^"]+)"/g)].map(([, path]) =>
    normalize(join(dirname(file), path!)),
  );

test.each(files)("%s imports only rooms below it", (file) => {
  const room = roomOf(file);
  if (ENTRY_ROOMS.has(room)) return;
  const others = importsOf(file)
    .map(roomOf)
    .filter((target) => target !== room);
  expect(Object.keys(MAY_IMPORT)).toContain(room);
  expect(MAY_IMPORT[room]).toEqual(expect.arrayContaining(others));
});

const resolve = (path: string) => [`${path}.ts`, `${path}/index.ts`].find((file) => files.includes(file));

test("no cycle of imports exists", () => {
  const seen = new Set<string>();
  const visit = (file: string, trail: string[]): void => {
    expect(trail).not.toContain(file);
    if (seen.has(file)) return;
    seen.add(file);
    for (const next of importsOf(file).map(resolve)) if (next) visit(next, [...trail, file]);
  };
  for (const file of files) visit(file, []);
});

/** What a route needs that is not GraphQL. */
const PLAIN = [
  ...[
    "body",
    "cors",
    "failure",
    "health",
    "in-flight",
    "listener",
    "metrics",
    "respond",
    "route",
    "session",
  ].map((name) => `http/${name}.ts`),
  "engine/rate-limit.ts",
];

test.each(PLAIN)("%s works without GraphQL", (start) => {
  const reached = new Set([start]);
  for (const file of reached) {
    expect(sourceOf(file)).not.toMatch(/from "(graphql|@apollo|type-graphql|graphql-jit)\b/);
    for (const next of importsOf(file).map(resolve)) if (next) reached.add(next);
  }
  expect([...reached].filter((file) => file.startsWith("graphql/"))).toEqual([]);
});

test.each(files.filter((file) => /^graphql\/mutations\/\w+\//.test(file)))(
  "%s gives the command of its name, and imports no other mutation",
  (file) => {
    const imported = importsOf(file);
    expect(imported).toContain(file.replace("graphql/mutations", "use-cases").replace(/\.ts$/, ""));
    expect(imported.filter((path) => path.startsWith("graphql/mutations/"))).toEqual(
      imported.filter((path) => /^graphql\/mutations\/(bulk|inputs|shared)$/.test(path)),
    );
  },
);

/** The longest allowed chain of imports, from a file down to one that imports no file of ours. */
const CHAIN_AT_MOST = 11;

/** The files that a file loads when it runs; imports of types load nothing. */
const loadedBy = (file: string) =>
  [...sourceOf(file).matchAll(/(?:import|export) (?!type )([^;]*?) ?from "(\.[^"]+)"/g)]
    .filter(([, names]) => !/^\{(\s*type [^,}]+,?)+\s*\}$/.test(names!))
    .flatMap(([, , path]) => resolve(normalize(join(dirname(file), path!))) ?? []);

test(`no chain of imports is longer than ${CHAIN_AT_MOST} files`, () => {
  const known = new Map<string, string[]>();
  const chainOf = (file: string): string[] => {
    const chains = loadedBy(file).map((next) => known.get(next) ?? chainOf(next));
    const longest = chains.reduce((one, other) => (other.length > one.length ? other : one), []);
    known.set(file, [file, ...longest]);
    return known.get(file)!;
  };
  const tooLong = files.map(chainOf).filter(({ length }) => length > CHAIN_AT_MOST);
  expect(tooLong.map((chain) => chain.join(" > "))).toEqual([]);
});

test("no folder holds more than 12 files directly", () => {
  const counts = new Map<string, number>();
  for (const folder of files.map((file) => dirname(file))) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  const crowded = [...counts].filter(([, count]) => count > FILES_AT_MOST);
  expect(crowded).toEqual([]);
});

test.each(files)("%s is short, and holds no open tasks, upserts or console output", (file) => {
  const source = sourceOf(file);
  expect(source.split("\n").length).toBeLessThanOrEqual(FILE_LINES_AT_MOST);
  expect(source).not.toMatch(/\b(TODO|FIXME)\b|\.upsert\(|\.orUpdate\(/);
  if (roomOf(file) !== "cli") expect(source).not.toMatch(/\bconsole\.(debug|error|info|log|warn)/);
});

/** The exports that an entry room imports from a use case at run time. */
const commandsTakenBy = (file: string) =>
  [...sourceOf(file).matchAll(/import \{([^}]*)\} from "(?:\.\.?\/)+(use-cases\/\w[^"]*\/[^"]*)"/g)].flatMap(
    ([, names, path]) =>
      names!
        .split(",")
        .map((name) => name.trim())
        // Types and constants are no commands, and `makeCalls` is what commands do after their transactions.
        .filter((name) => name && !/^type |^[A-Z_]+$|^makeCalls$/.test(name))
        .map((name) => ({ name, path: `${path!}.ts` })),
  );

test.each(files.filter((file) => roomOf(file) !== "use-cases"))(
  "%s imports nothing from use cases except commands, which declare who may give them",
  (file) => {
    for (const { name, path } of commandsTakenBy(file))
      expect(sourceOf(path)).toMatch(
        new RegExp(
          `export const ${name} = (?:command|commandInSteps|enrollmentCommand|systemCommand|bulkCommand)\\(\\s*"${name}"`,
        ),
      );
  },
);

/** The rooms above the use cases, where nothing is written but by commands. */
const ABOVE = new Set(["graphql", "engine", "http", "rest", "jobs"]);
const WRITES =
  /\.(?:save|remove|softRemove|insert)\(|\b(?:transact|transactSurely|createQueryBuilder)\(|\b(?:insert into|delete from|update [\w"]+ set)\b/i;

test.each(files.filter((file) => ABOVE.has(roomOf(file))))(
  "%s does not write to the database itself",
  (file) => {
    expect(sourceOf(file)).not.toMatch(WRITES);
  },
);

test("only the configuration reads the environment", () => {
  const readers = files.filter((file) => /process\.env\b/.test(sourceOf(file)));
  expect(readers.filter((file) => !ENTRY_ROOMS.has(roomOf(file)))).toEqual([]);
});

test.each(files)("%s logs no raw error, which could hold personal data", (file) => {
  expect(sourceOf(file)).not.toMatch(/\berr ?[:,}]|\berror: error\b|\blog\.\w+\(\s*(\{ error[ ,]|error\b)/);
});

/** What people have written of the console, without what the generator has. */
const consoleFiles = readdirSync("console/src", { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.(tsx?|css)$/.test(file) && !file.startsWith("gql/"),
);

test("the files of the console are short, and no folder of it holds more than 12 of them", () => {
  const isLong = (file: string) =>
    /\.tsx?$/.test(file) &&
    readFileSync(join("console/src", file), "utf8").split("\n").length > FILE_LINES_AT_MOST;
  expect(consoleFiles.filter(isLong)).toEqual([]);
  const folders = [...new Set(consoleFiles.map((file) => dirname(file)))];
  const filesOf = (folder: string) => consoleFiles.filter((file) => dirname(file) === folder);
  expect(folders.filter((folder) => filesOf(folder).length > FILES_AT_MOST)).toEqual([]);
});

test("no HTML of the console comes from data, and the browser keeps nothing but the token of the tab and the language", () => {
  const textOf = (file: string) => readFileSync(join("console/src", file), "utf8");
  const filesWith = (text: string) => consoleFiles.filter((file) => textOf(file).includes(text));
  const sources = consoleFiles.map(textOf).join("\n");
  expect(sources).not.toMatch(/dangerouslySetInnerHTML|innerHTML|document\.cookie|\beval\(/);
  expect(filesWith("sessionStorage")).toEqual(["api/session.ts"]);
  expect(filesWith("localStorage")).toEqual(["words/language.ts"]);
});

test("each test file that counts as long or heavy exists", () => {
  expect([...LONG, ...HEAVY].filter((name) => !existsSync(join("test", `${name}.test.ts`)))).toEqual([]);
});
