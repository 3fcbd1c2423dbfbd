import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { endWith } from "../../src/cli/failure";
import { ConfigError } from "../../src/config";
import globalSetup from "../support/global-setup";
import globalTeardown from "../support/global-teardown";
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

/** The tests of a compiled file: those of its name, or else those of its folder, or of the nearest above it. */
function testsOf(file: string): string {
  const named = join("test", file.replace(/\.js$/, ".test.js"));
  if (existsSync(join(COPY, named))) return named;
  let folder = join("test", dirname(file));
  while (!existsSync(join(COPY, folder))) folder = dirname(folder);
  return folder;
}

/** Whether a test of the copy fails. */
function isCaught(tests: string): boolean {
  const { globalSetup: _start, globalTeardown: _stop, ...each } = JEST; // started once for all
  const config = JSON.stringify({ rootDir: process.cwd(), ...each });
  const text = config.replaceAll("<rootDir>/dist", `<rootDir>/${COPY}`);
  const jest = ["node_modules/jest/bin/jest.js", "--bail", "--runInBand", "--config", text];
  return spawnSync(process.execPath, [...jest, join(COPY, tests)], { stdio: "ignore" }).status !== 0;
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
  let [made, caught] = [0, 0];
  for (const file of files) {
    const path = join(COPY, "src", file);
    const source = readFileSync(path, "utf8");
    const mutants = mutantsOf(source).filter(({ refuses }) => refuses || !values.refusals);
    const tests = testsOf(file);
    if (mutants.length > 0 && isCaught(tests)) {
      process.stdout.write(`not tried: ${file}, as ${tests} fails without any mistake\n`);
      made += mutants.length;
      continue;
    }
    for (const { line, was, is, source: mutant } of mutants) {
      writeFileSync(path, mutant);
      made++;
      if (isCaught(tests)) caught++;
      else process.stdout.write(`not caught: ${file}:${line}\n  ${was}\n  ${is}\n`);
    }
    writeFileSync(path, source);
  }
  process.stdout.write(`${caught} of ${made} mistakes in ${what} were caught\n`);
  rmSync(COPY, { recursive: true });
  await globalTeardown();
  process.exitCode = caught < made ? 1 : 0;
}

main().catch(endWith);
