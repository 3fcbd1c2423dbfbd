import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { runProgram } from "../../src/cli/program";
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
/** These need a page that the copy does not have. */
const IN_BROWSER = join("test", "console", "/");
/** How much longer a test may take with a mistake than without, and how long at least: it fails when it waits in vain. */
const SLOWER_AT_MOST = 4;
const AT_LEAST_MS = 30_000;

/**
 * The tests of a compiled file, the nearest first: the file of its name; those that name it or what it exports, as files are
 * named for that, of its folder, the other quick ones, and the long ones, unless too many name it; and all of its folder, or
 * of the nearest one above it.
 */
function testsOf(file: string): string[][] {
  const named = join("test", file.replace(/\.js$/, ".test.js"));
  const own = existsSync(join(COPY, named)) ? [named] : [];
  const name = basename(file, ".js");
  const camel = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const names = new RegExp(`/${name}"|\\b${camel}\\b`);
  const naming = readdirSync(join(COPY, "test"), { recursive: true, encoding: "utf8" })
    .map((test) => join("test", test))
    .filter(
      (test) =>
        !test.startsWith(IN_BROWSER) &&
        test.endsWith(".test.js") &&
        names.test(readFileSync(join(COPY, test), "utf8")),
    );
  const some = naming.length > NAMING_AT_MOST ? [] : naming;
  const isLong = (test: string) => LONG.includes(test.slice("test/".length, -".test.js".length));
  const isNear = (test: string) => test.startsWith(join(folderOf(file), "/"));
  const [quick, long] = [some.filter((test) => !isLong(test)), some.filter(isLong)];
  const [near, far] = [quick.filter(isNear), quick.filter((test) => !isNear(test))];
  return [own, near, far, long, [folderOf(file)]].filter((tests) => tests.length > 0);
}

/** The folder of tests that is named as that of a compiled file, or the nearest one above it. */
function folderOf(file: string): string {
  let folder = join("test", dirname(file));
  while (!existsSync(join(COPY, folder))) folder = dirname(folder);
  return folder;
}

/** Whether a test of the copy fails, or has not ended in time. */
function isCaught(tests: readonly string[], timeout?: number): boolean {
  const { globalSetup: _start, globalTeardown: _stop, ...each } = JEST; // started once for all
  const config = JSON.stringify({ rootDir: process.cwd(), ...each });
  const text = config.replaceAll("<rootDir>/dist", `<rootDir>/${COPY}`);
  const isOne = tests.length === 1 && tests[0]!.endsWith(".js");
  const workers = isOne ? "--runInBand" : "--maxWorkers=2";
  const jest = ["node_modules/jest/bin/jest.js", "--bail", workers, "--config", text];
  const files = tests.map((test) => join(COPY, test));
  return spawnSync(process.execPath, [...jest, ...files], { stdio: "ignore", timeout }).status !== 0;
}

/** Whether a test of the copy fails while a file of it has a mistake. */
function isCaughtIn(file: string, mutant: string, tests: readonly string[], timeout: number): boolean {
  const path = join(COPY, "src", file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, mutant);
  const seen = isCaught(tests, timeout);
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
  await globalSetup();
  const tries = files.flatMap((file) => {
    const all = mutantsOf(readFileSync(join(COPY, "src", file), "utf8"));
    const mutants = all.filter(({ refuses }) => refuses || !values.refusals);
    const tests = mutants.length > 0 ? testsOf(file) : [];
    return mutants.map((mutant) => ({ file, tests, ...mutant }));
  });
  const onProgress = startProgress(tries.length, "mistakes");
  const known = new Map<string, number | null>();
  /** How long tests may take, in ms; null for those that fail by themselves. */
  const timeOf = (tests: readonly string[]): number | null => {
    const key = tests.join(" ");
    if (known.has(key)) return known.get(key)!;
    const begun = performance.now();
    const fails = isCaught(tests);
    const time = Math.ceil(Math.max(AT_LEAST_MS, (performance.now() - begun) * SLOWER_AT_MOST));
    known.set(key, fails ? null : time);
    if (fails) process.stdout.write(`not asked: ${key}, which fails without any mistake\n`);
    return known.get(key)!;
  };
  const isCaughtBy = (file: string, source: string, some: readonly string[]) => {
    const time = timeOf(some);
    return time !== null && isCaughtIn(file, source, some, time);
  };
  let caught = 0;
  for (const [index, { file, tests, line, was, is, source }] of tries.entries()) {
    if (tests.some((some) => isCaughtBy(file, source, some))) caught++;
    else process.stdout.write(`not caught: ${file}:${line}\n  ${was}\n  ${is}\n`);
    onProgress(index + 1);
  }
  const made = tries.length;
  process.stdout.write(`${caught} of ${made} mistakes in ${what} were caught\n`);
  rmSync(COPY, { recursive: true });
  await globalTeardown();
  process.exitCode = caught < made ? 1 : 0;
}

runProgram(main);
