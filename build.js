/**
 * Compiles the product into `dist`, unless what it is made from is as it was the last time. `npm run build`, `npm start`
 * and the commands for operators call it; the tests are compiled by `npm run build:all`.
 */
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { existsSync, readdirSync, readFileSync, statSync, writeFileSync } = require("node:fs");
const path = require("node:path");

const SOURCES = [
  "ormconfig.ts",
  "src",
  "migrations",
  "tsconfig.json",
  "tsconfig.build.json",
  "package-lock.json",
];
/** What a build was made from; contents and not times, which copying and checking out change. */
const STAMP = path.join(__dirname, "dist/.built-from");

function* filesIn(name) {
  const file = path.join(__dirname, name);
  if (statSync(file).isDirectory())
    for (const entry of readdirSync(file).sort()) yield* filesIn(`${name}/${entry}`);
  else yield name;
}

function digest() {
  const hash = createHash("sha256");
  for (const source of SOURCES)
    for (const name of filesIn(source))
      hash.update(`${name}\0`).update(readFileSync(path.join(__dirname, name)));
  return hash.digest("hex");
}

const sources = digest();
const isBuilt =
  existsSync(STAMP) &&
  readFileSync(STAMP, "utf8") === sources &&
  existsSync(path.join(__dirname, "dist/src/main.js"));
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
  writeFileSync(STAMP, sources);
}
