import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { asSuperuser, createEmptyDatabase, type TestDatabase } from "./support/database";
import {
  killLeftovers,
  run,
  runToEnd,
  said,
  startServerProcess,
  type ServerProcess,
} from "./support/server-process";
import { removeNow, removeWhenThisProcessEnds } from "./support/cleanup";

const MAIN = "dist/src/main.js";
const NOBODY_LISTENS = 1;

let root: string;
let database: TestDatabase;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "course-entitlements-main-"));
  chmodSync(root, 0o755);
  removeWhenThisProcessEnds(root);
  database = await createEmptyDatabase();
});
afterAll(async () => {
  killLeftovers();
  await database.drop();
  await removeNow();
});

const settings = (env: Record<string, string> = {}) => ({
  DATABASE_URL: database.url,
  DATA_DIR: join(root, "keys"),
  PORT: "0",
  ...env,
});

async function end(server: ServerProcess): Promise<void> {
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
}

async function isReady({ url }: ServerProcess): Promise<boolean> {
  return (await fetch(`${url}/readyz`)).status === 200;
}

async function ask({ url }: ServerProcess, query: string, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ query });
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
  return (await fetch(`${url}/graphql`, init)).json();
}

/** Sends the first query that the server suggests. */
function pasteQuestion(server: ServerProcess): unknown {
  const [command] = /^curl [^]*?'\n\n/m.exec(server.stderr())!;
  return JSON.parse(spawnSync("sh", ["-c", command], { encoding: "utf8" }).stdout);
}

describe("with DATABASE_URL", () => {
  test("three servers that start at once fill an empty database once, and all of them answer", async () => {
    const servers = await Promise.all([1, 2, 3].map(() => startServerProcess(settings())));
    expect(await Promise.all(servers.map(isReady))).toEqual([true, true, true]);
    expect(
      await asSuperuser("select count(*)::int as adas from user_account where id = 1", database.url),
    ).toEqual([{ adas: 1 }]);
    expect(existsSync(join(root, "keys/postgres"))).toBe(false);
    await Promise.all(servers.map(end));
  });

  test("the greeting contains a request that can be pasted, and the log is JSON", async () => {
    const server = await startServerProcess(settings());
    expect(pasteQuestion(server)).toMatchObject({ data: { viewer: { username: "ada" } } });
    const tokens = server.stderr().match(/^eyJ\S+$/gm)!;
    const names = tokens.map(async (token) => {
      const answer = await ask(server, "{ viewer { username } }", { authorization: `Bearer ${token}` });
      return (answer as { data: { viewer: { username: string } } }).data.viewer.username;
    });
    expect(await Promise.all(names)).toEqual(["ada", "grace", "hopper", "shop"]);
    await ask(server, "{ nonsense }");
    await end(server);
    const [entry, ...others] = server.stdout().trim().split("\n");
    expect(JSON.parse(entry!)).toMatchObject({ status: 400 });
    expect(others).toEqual([]);
  });

  test("a server that waits for its turn to migrate says so in the log, and starts when it gets it", async () => {
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    await holder.query("select pg_advisory_lock(1795305600)");
    const { rows } = await holder.query<{ pid: number }>("select pg_backend_pid() as pid");
    const server = run(MAIN, settings());
    const [line] = await said(server, /^.*waiting for another server.*$/m, "stdout");
    expect(JSON.parse(line)).toMatchObject({ level: 30, holder: rows[0]!.pid });
    await holder.end();
    await said(server, /GraphQL +http/);
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  });

  test("production prints no greeting and creates no demo world", async () => {
    const { url, drop } = await createEmptyDatabase();
    const jwkSet = JSON.stringify({ keys: [{ kty: "RSA", n: "AQAB".repeat(90), e: "AQAB" }] });
    const server = run(
      MAIN,
      settings({
        NODE_ENV: "production",
        HOST: "127.0.0.1",
        DATABASE_URL: url,
        JWT_JWK_SET: jwkSet,
        JWT_ISSUER: "https://lms.example.org/oauth2",
      }),
    );
    while (!server.stdout().includes("listening")) await sleep(10);
    const lines = server.stdout().trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 40, msg: expect.stringContaining("refunds are disabled") as string },
      { level: 40, msg: expect.stringContaining("the history is not sealed") as string },
      { msg: "listening", url: expect.stringMatching(/^http/) as string },
    ]);
    expect(await asSuperuser("select username from user_account", url)).toEqual([]);
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    expect(server.stderr()).toBe("");
    await drop();
  });

  test("a second signal ends a slow stop immediately", async () => {
    const server = await startServerProcess(settings({ SHUTDOWN_DELAY_MS: "60000" }));
    server.child.kill("SIGTERM");
    await sleep(50);
    server.child.kill("SIGINT"); // npm passes on the Ctrl-C that we had from the terminal
    await sleep(300);
    expect(server.child.exitCode).toBeNull();
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(128 + 15);
  });

  test("a port that is in use is reported in one line", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    expect(await runToEnd(MAIN, settings({ PORT: String(port) }))).toEqual({
      status: 1,
      stdout: "",
      stderr: `PORT: ${port} is in use: stop the program that listens on it, or choose another port\n`,
    });
    other.close();
  });

  test("each fault of the settings is reported in one line", async () => {
    const { status, stderr } = await runToEnd(MAIN, { PORT: "http", LOG_LEVEL: "loud" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^PORT: .*\nLOG_LEVEL: .*\n$/);
  });
});

describe("an unusable DATABASE_URL is reported in one line, without its password:", () => {
  let emptyDatabase: TestDatabase;
  beforeAll(async () => {
    emptyDatabase = await createEmptyDatabase();
    await asSuperuser(`create role powerless login password 'secret'`);
    await asSuperuser(
      `create schema old;
       create function old.version() returns text language sql return 'PostgreSQL 14.11 on some machine'`,
      database.url,
    );
    await asSuperuser(`create role of_old superuser login password 'secret';
      alter role of_old set search_path = old, pg_catalog, public`);
  });
  afterAll(async () => {
    await emptyDatabase.drop();
    await asSuperuser("drop role powerless, of_old");
  });

  const changed = (change: (url: URL) => void, from = database.url) => {
    const url = new URL(from);
    url.password = "secret";
    change(url);
    return url.href;
  };
  test.each<[string, () => string, string]>([
    ["another scheme", () => "mysql://root:secret@127.0.0.1/db", "must be postgres://"],
    [
      "no server listens",
      () => changed((url) => (url.port = String(NOBODY_LISTENS))),
      "nothing listens on its host",
    ],
    ["an unknown host", () => changed((url) => (url.hostname = "nowhere.invalid")), "its host is not known"],
    ["an unknown user", () => changed((url) => (url.username = "stranger")), "does not let its user in"],
    ["no such database", () => database.url.replace(/[^/]*$/, "nowhere"), "PostgreSQL has no such database"],
    [
      "a user who may not create tables",
      () => changed((url) => (url.username = "powerless"), emptyDatabase.url),
      "its user lacks a right: permission denied for schema public",
    ],
    [
      "an old PostgreSQL",
      () => changed((url) => (url.username = "of_old")),
      "is PostgreSQL 14.11, but 15 or newer is needed",
    ],
  ])("%s", async (_what, url, fault) => {
    const { status, stdout, stderr } = await runToEnd(MAIN, settings({ DATABASE_URL: url() }));
    expect(stderr).toMatch(/^DATABASE_URL: [^\n]*\n$/);
    expect(stderr).toContain(fault);
    expect(stderr).not.toContain("secret");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  });
});

describe("with the embedded PostgreSQL", () => {
  const embedded = () => ({ DATA_DIR: join(root, "data") });
  const isRunning = () => existsSync(join(root, "data/postgres/postmaster.pid"));

  test("a killed server starts again, a second one is refused, and a stopped one leaves nothing running", async () => {
    const first = await startServerProcess(embedded());
    expect(await isReady(first)).toBe(true);
    first.child.kill("SIGKILL");
    await first.exited;
    expect(isRunning()).toBe(true);

    const second = await startServerProcess(embedded());
    expect(pasteQuestion(second)).toMatchObject({ data: { viewer: { username: "ada" } } });
    expect(await runToEnd(MAIN, { PORT: "0", ...embedded() })).toEqual({
      status: 1,
      stdout: "",
      stderr: `Another server runs on the data in ${join(root, "data")}: stop it, or give this one a DATA_DIR of its own\n`,
    });
    expect(await isReady(second)).toBe(true);

    const status = await runToEnd("dist/src/cli/migrate.js", embedded(), ["status"]);
    expect(status.stdout).toMatch(/^(applied \w+\n)+$/);
    await end(second);
    expect(isRunning()).toBe(false);
  });

  test("a signal that only npm's shell receives stops the server too", async () => {
    const npm_lifecycle_script = "node start.js; true"; // as npm says it
    const env = { ...process.env, npm_lifecycle_script, PORT: "0", ...embedded() };
    const shell = spawn("sh", ["-c", npm_lifecycle_script], { env, stdio: ["ignore", "ignore", "pipe"] });
    for await (const text of shell.stderr) if (String(text).includes("GraphiQL")) break;
    expect(isRunning()).toBe(true);
    shell.kill("SIGTERM");
    const patience = Date.now() + 10_000;
    while (isRunning() && Date.now() < patience) await sleep(20);
    expect(isRunning()).toBe(false);
  });

  test("a server can be stopped while it starts", async () => {
    const server = run(MAIN, { PORT: "0", ...embedded() });
    while (!isRunning()) await sleep(5);
    server.child.kill("SIGINT");
    expect(await server.exited).toBe(0);
    expect(isRunning()).toBe(false);
  });
});
