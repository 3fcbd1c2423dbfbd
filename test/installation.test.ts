import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { signerOf } from "../src/proof/notes/signer";
import { openFakeEdx, type FakeEdx } from "./fake-edx/fake-edx";
import { createEmptyDatabase, type TestDatabase } from "./support/database";
import { killLeftovers, run, runLine, said } from "./support/server-process";

const PRODUCT =
  "package.json package-lock.json tsconfig.json tsconfig.build.json ormconfig.ts build.js digest.js start.js console src migrations docs schema.graphql".split(
    " ",
  );
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

/** What docs/operating.md tells to run first: a line that installs, and one that starts. */
const [, install = "", start = ""] =
  /^## Install\n\n```sh\n(.+)\n(.+)\n```$/m.exec(readFileSync("docs/operating.md", "utf8")) ?? [];

const ORIGIN = "history.example";
const key = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const { vkey } = signerOf(ORIGIN, key);
const DUMP = resolve("test/moving/dump");

/** The commands for operators, in an order in which each finds what it needs, with arguments of `npm run`. */
const COMMANDS: Record<string, string> = {
  "config:check": "",
  migrate: "status",
  import: `--from ${DUMP}`,
  expire: "--commit",
  "history:adopt": "",
  "history:verify": "",
  "history:prove": `--key ${vkey}`,
  "history:proof": "1 > proof.json",
  "history:check-proof": `proof.json --key ${vkey}`,
  "history:retain": "--older-than 7y --reason bookkeeping",
  "history:erase": "4 --reason 4711",
  "refunds:check": "",
  sync: "--all",
  compare: "--user hopper",
  export: "--to exported",
  schema: "",
  docs: "",
};
/** The command that serves until it is stopped. */
const SERVING = {
  "history:witness": `--name witness --key witness.pem --data kept --history ${vkey} --port 0`,
};
/** The commands that refuse to work in production. */
const REFUSED = ["demo", "token"];

let root: string;
let database: TestDatabase;
let edx: FakeEdx;
let environment: Record<string, string>;

/** Follows docs/operating.md: installs, builds, removes what only development needs. */
beforeAll(async () => {
  [database, edx] = await Promise.all([createEmptyDatabase(), openFakeEdx()]);
  root = mkdtempSync(join(tmpdir(), "installation-"));
  for (const name of PRODUCT) cpSync(name, join(root, name), { recursive: true });
  // In the place of `npm ci`: links to the same files. npm changes its own list in place, so that is a copy.
  execFileSync("cp", ["-al", "node_modules", root]);
  const list = "node_modules/.package-lock.json";
  rmSync(join(root, list));
  cpSync(list, join(root, list));
  writeFileSync(join(root, "history.pem"), key);
  environment = {
    PATH: process.env["PATH"]!,
    HOME: root,
    HOST: "127.0.0.1",
    PORT: "0",
    npm_config_offline: "true",
    npm_config_audit: "false",
    ...settingsOf(start, {
      DATABASE_URL: database.url,
      JWT_JWK_SET_URL: `${edx.lmsUrl}/jwks.json`,
      JWT_ISSUER: "http://localhost:18000/oauth2",
    }),
    HISTORY_ORIGIN: ORIGIN,
    HISTORY_SIGNING_KEY_FILE: "history.pem",
    HISTORY_PUBLIC: "on",
    LMS_URL: edx.lmsUrl,
    DISCOVERY_URL: edx.discoveryUrl,
    OAUTH_CLIENT_ID: edx.client.id,
    OAUTH_CLIENT_SECRET: edx.client.secret,
    LMS_ENTITLEMENTS: "empty",
  };
  const [first, ...then] = install.split(" && ");
  expect(first).toBe("npm ci");
  await runThere(then.join(" && "));
});
afterAll(async () => {
  killLeftovers();
  rmSync(root, { recursive: true, force: true });
  await Promise.all([database.drop(), edx.close()]);
});

/** The settings before a command of the page, with values where the page leaves them to the reader. */
function settingsOf(command: string, values: Record<string, string>): Record<string, string> {
  const settings = [...command.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [
    name!,
    value!.endsWith("…") ? values[name!]! : value!,
  ]);
  return Object.fromEntries(settings) as Record<string, string>;
}

/** Runs a line of the shell to its end, and returns what it has said on stderr. */
async function runThere(line: string): Promise<string> {
  const program = runLine(line, environment, { cwd: root });
  const status = await program.exited;
  if (status !== 0) throw new Error(`${line} ended with ${status}:\n${program.stdout()}${program.stderr()}`);
  return program.stderr();
}

/** Runs a script of package.json as npm does, without the time that npm takes for itself. */
const runScript = (name: string, args = "") => runThere(`${scripts[name]} ${args}`);

test("the list of commands for operators is complete", () => {
  const commands = Object.keys(scripts).filter((name) => scripts[name]!.includes("dist/src/cli/"));
  const listed = [...Object.keys(COMMANDS), ...Object.keys(SERVING), ...REFUSED];
  expect(commands.toSorted()).toEqual(listed.toSorted());
});

test("without the packages for development, the page's last line starts a server, and every command works", async () => {
  expect(() => execFileSync("node", ["-e", 'require("jest")'], { cwd: root, stdio: "pipe" })).toThrow(
    "Cannot find module 'jest'",
  );
  expect(start).toMatch(/ npm start$/);
  const [, file] = /^node (\S+)$/.exec(scripts["start"]!)!;
  const server = run(file!, environment, [], { cwd: root });
  const [, url] = await said(server, /"url":"(http[^"]+)"/, "stdout");
  expect(server.stderr()).toBe("Starting …\n");
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${url}/console`)).text()).toContain("/console/assets/");

  for (const [command, args] of Object.entries(COMMANDS)) {
    if (command === "history:prove") await sealed(url!);
    expect(await runScript(command, args)).not.toContain("Compiling");
  }
  const [[command, args]] = Object.entries(SERVING) as [[string, string]];
  const witness = runLine(`exec ${scripts[command]!.replace(/.*&& /, "")} ${args}`, environment, {
    cwd: root,
  });
  await said(witness, /Listens at (\S+)\n/, "stdout");
  for (const program of [witness, server]) {
    program.child.kill("SIGTERM");
    expect(await program.exited).toBe(0);
  }
});

/** Resolves once a server has sealed an entry. */
async function sealed(url: string): Promise<void> {
  const isSealed = async () =>
    (await (await fetch(`${url}/history/checkpoint`)).text()).split("\n")[1]! > "0";
  while (!(await isSealed())) await sleep(100);
}

test("nothing is written where nothing is built, so that others than the owner of the files can use them", async () => {
  const stamp = join(root, "dist/.built-from");
  const before = statSync(stamp, { bigint: true }).mtimeNs;
  await runScript("history:check-proof", "--help");
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

test("a console that cannot be built again, because its packages are not there, stays as it is", async () => {
  execFileSync("sh", ["-c", "echo '/* changed */' >> console/src/style/base.css"], { cwd: root });
  expect(await runScript("build")).not.toContain("Building");
});

test("a changed source is compiled, also without the packages for development", async () => {
  execFileSync("sh", ["-c", "echo '// changed' >> src/app.ts"], { cwd: root });
  expect(await runScript("build")).toContain("Compiling …");
  expect(await runScript("build")).not.toContain("Compiling …");
});
