/**
 * Compiles the product into `dist`, unless what it is made from is as it was the last time. `npm run build`, `npm start`
 * and the commands for operators call it. `npm run build:all` compiles the tests too, and then says so with `--compiled`:
 * no command that a test runs compiles once more, below the tests that run.
 */
const { spawnSync } = require("node:child_process");
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const { digestOf } = require("./digest.js");

const SOURCES = [
  "ormconfig.ts",
  "src",
  "migrations",
  "tsconfig.json",
  "tsconfig.build.json",
  "package-lock.json",
];
/** What a build was made from. */
const STAMP = path.join(__dirname, "dist/.built-from");

const sources = digestOf(SOURCES);
const isStamped = existsSync(STAMP) && readFileSync(STAMP, "utf8") === sources;
const isBuilt =
  process.argv.includes("--compiled") || (isStamped && existsSync(path.join(__dirname, "dist/src/main.js")));
if (!isBuilt) {
  process.stderr.write("Compiling …\n");
  const compiler = path.join(__dirname, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(
    process.execPath,
    [compiler, "-p", path.join(__dirname, "tsconfig.build.json")],
    // The standard output of a command is its answer.
    { stdio: ["ignore", process.stderr, "inherit"] },
  );
  if (status !== 0) process.exit(status ?? 1);
}
// Who may only read an installation can use it all the same.
if (!isStamped) writeFileSync(STAMP, sources);
