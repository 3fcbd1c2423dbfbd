import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { endWith } from "../../src/cli/failure";
import { startProgress } from "../../src/cli/progress";
import { ConfigError } from "../../src/config";
import globalSetup from "../support/global-setup";
import globalTeardown from "../support/global-teardown";
import { LONG } from "../support/long-tests";
import { mutantsOf } from "./mutate";

const HELP = `Breaks each rule and each refusal in turn, and tells which mistakes no test of it has noticed.

  npm run mutants                             src/rules, with test/rules
  npm run mutants -- use-cases/sessions       a folder or a file of src, with the tests of the same name or folder
  npm run mutants -- use-cases --refusals     only what throws an error there, and the conditions for it
`;
const JEST = createRequire(join(process.cwd(), "package.json"))("./jest.config.js") as Record<
  string,
  unknown
>;
const COPY = join("dist", "mutants");
/** What more tests name is named by accident. */
const NAMING_AT_MOST = 12;

/**
 * The tests of a compiled file, the nearest first: the file of its name, or else those that name it or what it exports, as
 * files are named for that, the quick ones of them before all. Those of its folder, or of the nearest one above it, where
 * none or too many name it.
 */
function testsOf(file: string): string[][] {
  const named = join("test", file.replace(/\.js$/, ".test.js"));
  if (existsSync(join(COPY, named))) return [[named]];
  const name = basename(file, ".js");
  const camel = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const names = new RegExp(`/${name}"|\\b${camel}\\b`);
  const naming = readdirSync(join(COPY, "test"), { recursive: true, encoding: "utf8" })
    .map((test) => join("test", test))
    .filter((test) => test.endsWith(".test.js") && names.test(readFileSync(join(COPY, test), "utf8")));
  if (naming.length > 0 && naming.length <= NAMING_AT_MOST) {
    const isLong = (test: string) => LONG.includes(test.slice("test/".length, -".test.js".length));
    const [quick, long] = [naming.filter((test) => !isLong(test)), naming.filter(isLong)];
    return [quick, long].filter((tests) => tests.length > 0);
  }
  let folder = join("test", dirname(file));
  while (!existsSync(join(COPY, folder))) folder = dirname(folder);
  return [[folder]];
}

/** Whether a test of the copy fails. */
function isCaught(tests: readonly string[]): boolean {
  const { globalSetup: _start, globalTeardown: _stop, ...each } = JEST; // started once for all
  const config = JSON.stringify({ rootDir: process.cwd(), ...each });
  const text = config.replaceAll("<rootDir>/dist", `<rootDir>/${COPY}`);
  const isOne = tests.length === 1 && tests[0]!.endsWith(".js");
  const workers = isOne ? "--runInBand" : "--maxWorkers=2";
  const jest = ["node_modules/jest/bin/jest.js", "--bail", workers, "--config", text];
  const files = tests.map((test) => join(COPY, test));
  return spawnSync(process.execPath, [...jest, ...files], { stdio: "ignore" }).status !== 0;
}

/** Whether a test of the copy fails while a file of it has a mistake. */
function isCaughtIn(file: string, mutant: string, tests: readonly string[]): boolean {
  const path = join(COPY, "src", file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, mutant);
  const seen = isCaught(tests);
  writeFileSync(path, source);
  return seen;
}

async function main(): Promise<void> {
  const options = { help: { type: "boolean" }, refusals: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) return void process.stdout.write(HELP);
  const [what = "rules"] = positionals;
  rmSync(COPY, { recursive: true, force: true });
  for (const part of ["ormconfig.js", "migrations", "src", "test"])
    cpSync(join("dist", part), join(COPY, part), { recursive: true });
  const files = readdirSync(join(COPY, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js") && file.startsWith(what))
    .sort();
  if (files.length === 0) throw new ConfigError(`src has no file that begins with ${what}`);
  if (!what.startsWith("rules")) await globalSetup(); // pure rules need no database
  const tries = files.flatMap((file) => {
    const all = mutantsOf(readFileSync(join(COPY, "src", file), "utf8"));
    const mutants = all.filter(({ refuses }) => refuses || !values.refusals);
    const tests = mutants.length > 0 ? testsOf(file) : [];
    return mutants.map((mutant) => ({ file, tests, ...mutant }));
  });
  const onProgress = startProgress(tries.length, "mistakes");
  const failing = new Map<string, boolean>();
  const failsByItself = (tests: readonly string[]) => {
    const key = tests.join(" ");
    const known = failing.get(key);
    if (known !== undefined) return known;
    const fails = isCaught(tests);
    failing.set(key, fails);
    if (fails) process.stdout.write(`not asked: ${key}, which fails without any mistake\n`);
    return fails;
  };
  let caught = 0;
  for (const [index, { file, tests, line, was, is, source }] of tries.entries()) {
    if (tests.some((some) => !failsByItself(some) && isCaughtIn(file, source, some))) caught++;
    else process.stdout.write(`not caught: ${file}:${line}\n  ${was}\n  ${is}\n`);
    onProgress(index + 1);
  }
  const made = tries.length;
  process.stdout.write(`${caught} of ${made} mistakes in ${what} were caught\n`);
  rmSync(COPY, { recursive: true });
  await globalTeardown();
  process.exitCode = caught < made ? 1 : 0;
}

main().catch(endWith);
