import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmptyDatabase, type TestDatabase } from "./support/database";
import { JWT_JWK_SET } from "./support/http";
import { killLeftovers, run, said } from "./support/server-process";

const PRODUCT =
  "package.json package-lock.json tsconfig.json tsconfig.build.json ormconfig.ts build.js digest.js start.js console src migrations docs schema.graphql".split(
    " ",
  );
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

/** The arguments of `npm run`, by the command for operators. */
const ARGUMENTS: Record<string, string[]> = {
  migrate: ["up"],
  expire: ["--dry-run"],
  "history:adopt": [],
  "history:verify": [],
  "history:check-proof": ["--help"],
  "history:proof": ["--help"],
  "history:erase": ["--help"],
  "history:prove": ["--help"],
  "history:retain": ["--help"],
  "history:witness": ["--help"],
  "refunds:check": [],
  schema: [],
  docs: [],
  "config:check": ["--help"],
  sync: ["--help"],
  compare: ["--help"],
  import: ["--help"],
  export: ["--help"],
};
/** The commands that refuse to work in production. */
const REFUSED = ["demo", "token"];

let root: string;
let database: TestDatabase;
let environment: Record<string, string>;

/** Follows docs/operating.md: installs, builds, removes what only development needs. */
beforeAll(async () => {
  database = await createEmptyDatabase();
  root = mkdtempSync(join(tmpdir(), "installation-"));
  for (const name of PRODUCT) cpSync(name, join(root, name), { recursive: true });
  // A fast installation: links to the same files. npm changes its own list in place, so that is a copy.
  execFileSync("cp", ["-al", "node_modules", root]);
  const list = "node_modules/.package-lock.json";
  rmSync(join(root, list));
  cpSync(list, join(root, list));
  environment = {
    PATH: process.env["PATH"]!,
    HOME: root,
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    PORT: "0",
    DATABASE_URL: database.url,
    JWT_JWK_SET,
    JWT_ISSUER: "https://lms.example.org/oauth2",
  };
  runScript("build");
  runThere("npm", "prune", "--omit=dev", "--offline", "--no-audit", "--no-fund");
});
afterAll(async () => {
  killLeftovers();
  rmSync(root, { recursive: true, force: true });
  await database.drop();
});

function runThere(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stderr;
}

/** Runs a script of package.json as npm does, without the time that npm takes for itself. */
const runScript = (name: string, ...args: string[]) =>
  runThere("sh", "-c", [scripts[name], ...args].join(" "));

test("the list of commands for operators is complete", () => {
  const commands = Object.keys(scripts).filter((name) => scripts[name]!.includes("dist/src/cli/"));
  expect(commands.toSorted()).toEqual([...Object.keys(ARGUMENTS), ...REFUSED].toSorted());
});

test("without the packages for development nothing is compiled again, and every command works", () => {
  expect(() => execFileSync("node", ["-e", 'require("jest")'], { cwd: root, stdio: "pipe" })).toThrow(
    "Cannot find module 'jest'",
  );
  for (const [command, args] of Object.entries(ARGUMENTS))
    expect(runScript(command, ...args)).not.toContain("Compiling");
});

test("nothing is written where nothing is built, so that others than the owner of the files can use them", () => {
  const stamp = join(root, "dist/.built-from");
  const before = statSync(stamp, { bigint: true }).mtimeNs;
  runScript("history:check-proof", "--help");
  expect(statSync(stamp, { bigint: true }).mtimeNs).toBe(before);
});

test.each(REFUSED)("`npm run %s` is for development, and refuses to work in production", (command) => {
  const { status, stderr } = spawnSync("node", [`dist/src/cli/${command}.js`], {
    cwd: root,
    env: environment,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^NODE_ENV: .+ in production\n$/) as string,
  });
});

test("`npm start` serves at once", async () => {
  const server = run("start.js", environment, [], { cwd: root });
  const [, url] = await said(server, /"url":"(http[^"]+)"/, "stdout");
  expect(server.stderr()).toBe("Starting …\n");
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${url}/console`)).text()).toContain("/console/assets/");
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
});

test("a console that cannot be built again, because its packages are not there, stays as it is", async () => {
  execFileSync("sh", ["-c", "echo '/* changed */' >> console/src/style/base.css"], { cwd: root });
  expect(runScript("build")).not.toContain("Building");
});

test("a changed source is compiled, also without the packages for development", () => {
  execFileSync("sh", ["-c", "echo '// changed' >> src/app.ts"], { cwd: root });
  expect(runScript("build")).toContain("Compiling …");
  expect(runScript("build")).not.toContain("Compiling …");
});
