/**
 * Builds the console into `dist/console`, unless what it is made from is as it was the last time: pages with hashed names,
 * and each also compressed, so that the server never compresses them.
 */
const {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require("node:fs");
const path = require("node:path");
const { brotliCompressSync, gzipSync } = require("node:zlib");
const { digestOf } = require("../digest.js");

const SOURCES = [
  "index.html",
  "vite.config.mjs",
  "package.json",
  "tsconfig.json",
  "build.js",
  "public",
  "src",
];
const BUILT = path.join(__dirname, "../dist/console");
/** What a build was made from. */
const STAMP = path.join(BUILT, ".built-from");
/** Smaller files are sent as they are. */
const COMPRESSED_FROM = 1_024;

const sources = () => digestOf([...SOURCES.map((name) => `console/${name}`), "package-lock.json"]);

const isBuilder = () => existsSync(path.join(__dirname, "../node_modules/vite"));

/**
 * Removes a console that was built from other sources, and returns whether it has to be built. Without the packages for
 * development there is nothing to build it with, and it stays.
 */
function discardOutdated() {
  if (!isBuilder() || (existsSync(STAMP) && readFileSync(STAMP, "utf8") === sources())) return false;
  rmSync(BUILT, { recursive: true, force: true });
  return true;
}

async function build() {
  process.stderr.write("Building the console …\n");
  const { build: bundle } = await import("vite");
  const draft = `${BUILT}-${process.pid}`;
  const from = sources();
  await bundle({ root: __dirname, logLevel: "warn", build: { outDir: draft, emptyOutDir: true } });
  copyFileSync(path.join(__dirname, "src/gql/persisted-documents.json"), path.join(draft, "documents.json"));
  for (const name of readdirSync(draft, { recursive: true }))
    if (/\.(html|js|css|svg|json)$/.test(name)) compress(path.join(draft, name));
  writeFileSync(path.join(draft, ".built-from"), from);
  rmSync(BUILT, { recursive: true, force: true });
  renameSync(draft, BUILT); // all of it or nothing
}

function compress(file) {
  const content = readFileSync(file);
  if (content.length < COMPRESSED_FROM) return;
  writeFileSync(`${file}.br`, brotliCompressSync(content));
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
}

module.exports = { discardOutdated };

if (require.main === module && (discardOutdated() || !existsSync(BUILT)))
  build().catch((error) => {
    process.stderr.write(`The console could not be built: ${error.message}\n`);
    process.exitCode = 1;
  });
