import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { endWith } from "../../src/cli/failure";
import { ConfigError } from "../../src/config";
import { mutantsOf } from "./mutate";

const HELP = `Breaks each rule and each refusal in turn, and tells which mistakes no test of it has noticed.

  npm run mutants                          src/rules, with test/rules
  npm run mutants -- use-cases/sessions    a folder or a file of src, with the tests of the same name or folder
`;
const JEST = createRequire(join(process.cwd(), "package.json"))("./jest.config.js") as Record<
  string,
  unknown
>;
const COPY = join("dist", "mutants");

/** The tests of a compiled file: those of its name, or else those of its folder. */
function testsOf(file: string): string {
  const named = join("test", file.replace(/\.js$/, ".test.js"));
  return existsSync(join(COPY, named)) ? named : join("test", dirname(file));
}

/** Whether a test of the copy fails. */
function isCaught(tests: string, isPure: boolean): boolean {
  const { globalSetup: start, globalTeardown: stop, ...pure } = JEST;
  // Pure rules need no database.
  const database = isPure ? {} : { globalSetup: start, globalTeardown: stop };
  const config = { rootDir: process.cwd(), ...pure, ...database };
  const text = JSON.stringify(config).replaceAll("<rootDir>/dist", `<rootDir>/${COPY}`);
  const jest = ["node_modules/jest/bin/jest.js", "--bail", "--config", text, join(COPY, tests)];
  return spawnSync(process.execPath, jest, { stdio: "ignore" }).status !== 0;
}

function main(): void {
  const [what = "rules"] = process.argv.slice(2);
  if (what === "--help") return void process.stdout.write(HELP);
  if (what.startsWith("-")) throw new ConfigError(`${what}: not an option`);
  rmSync(COPY, { recursive: true, force: true });
  for (const part of ["ormconfig.js", "migrations", "src", "test"])
    cpSync(join("dist", part), join(COPY, part), { recursive: true });
  const isPure = what.startsWith("rules");
  const files = readdirSync(join(COPY, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js") && file.startsWith(what))
    .sort();
  let [made, caught] = [0, 0];
  for (const file of files) {
    const path = join(COPY, "src", file);
    const source = readFileSync(path, "utf8");
    const tests = testsOf(file);
    if (isCaught(tests, isPure)) throw new Error(`${tests} fails without any mistake`);
    for (const { line, was, is, source: mutant } of mutantsOf(source)) {
      writeFileSync(path, mutant);
      made++;
      if (isCaught(tests, isPure)) caught++;
      else process.stdout.write(`not caught: ${file}:${line}\n  ${was}\n  ${is}\n`);
    }
    writeFileSync(path, source);
  }
  process.stdout.write(`${caught} of ${made} mistakes in ${what} were caught\n`);
  rmSync(COPY, { recursive: true });
  process.exitCode = caught < made ? 1 : 0;
}

try {
  main();
} catch (error) {
  endWith(error);
}
