import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { CONSOLE_HEADERS } from "../../src/http/pages/console";
import { consoleFiles } from "../../src/http/pages/console-files";
import { isKnownTag } from "../../src/http/requests/known-tag";
import { useDemoApp } from "../support/demo-app";
import { PRODUCTION, send, serve, type TestServer } from "../support/http";

const BUILT = "dist/console";
const dataDir = mkdtempSync(join(tmpdir(), "console-"));
const app = useDemoApp();
const servers: TestServer[] = [];
const start = async (settings: Record<string, string>) => {
  const server = await serve(app, settings);
  servers.push(server);
  return server;
};
let server: TestServer;
let production: TestServer;
beforeAll(async () => {
  server = await start({ JWT_JWK_SET: "", DATA_DIR: dataDir });
  production = await start(PRODUCTION);
});
afterAll(async () => {
  for (const each of servers) await each.stop();
  rmSync(dataDir, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) => send(`${server.url}${path}`, { headers });
const assets = readdirSync(join(BUILT, "assets"));
const script = assets.find((name) => /^index-.*\.js$/.test(name))!;

test("every address below /console is the same page, which is asked for again each time and sent once", async () => {
  const page = await get("/console");
  expect([page.status, page.headers.get("cache-control")]).toEqual([200, "no-cache"]);
  expect(page.text).toContain(`/console/assets/${script}`);
  for (const path of ["/console/", "/console/entitlements/1?at=2026-11-25T14:18:23Z", "/console/assets.html"])
    expect((await get(path)).text).toBe(page.text);
  const again = await get("/console/learners/ada", { "if-none-match": page.headers.get("etag")! });
  expect([again.status, again.text]).toEqual([304, ""]);
  expect((await get("/console/x", { "if-none-match": '"other"' })).status).toBe(200);
  const several = `"other" ,W/${page.headers.get("etag")!} , "third"`;
  expect((await get("/console/x", { "if-none-match": several })).status).toBe(304);
});

test("the time to compare the tags that a browser has is linear in their length", () => {
  const before = performance.now();
  expect(isKnownTag(`"other" , a${" ".repeat(100_000)}b , W/"one"`, '"one"')).toBe(true);
  expect(performance.now() - before).toBeLessThan(1_000);
});

test("assets are kept for ever, a missing one is not the page, and no path leaves the folder", async () => {
  const { status, headers } = await get(`/console/assets/${script}`);
  expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
  expect(headers.get("content-type")).toContain("text/javascript");
  expect((await get("/console/assets/missing.js")).status).toBe(404);
  for (const path of [
    "/console/../../package.json",
    "/console/%2e%2e/%2e%2e/package.json",
    "/console/.built-from",
  ])
    expect((await get(path)).text).not.toMatch(/"scripts"|^[0-9a-f]{64}$/);
});

test.each([
  ["br", brotliDecompressSync],
  ["gzip", gunzipSync],
] as const)("a file is sent as it was compressed by the build: %s", async (coding, decompress) => {
  const file = consoleFiles()!.get(`/console/assets/${script}`)!;
  expect(decompress(file.bodies[coding]!).equals(file.bodies.plain)).toBe(true);
  const answer = await fetch(`${server.url}/console/assets/${script}`, {
    headers: { "accept-encoding": coding },
  });
  expect(answer.headers.get("content-encoding")).toBe(coding);
  expect(answer.headers.get("vary")).toBe("accept-encoding");
  expect(answer.headers.get("content-length")).toBe(String(file.bodies[coding]!.length));
});

test("the policy of the page allows nothing from elsewhere", async () => {
  const { headers } = await get("/console");
  for (const [name, value] of Object.entries(CONSOLE_HEADERS)) expect(headers.get(name)).toBe(value);
  expect(CONSOLE_HEADERS["content-security-policy"]).not.toMatch(/unsafe|\*|http/);
});

test("the demo accounts are told to this machine under its own name, and to nobody else", async () => {
  const accounts = JSON.parse((await get("/console/accounts.json")).text) as { username: string }[];
  expect(accounts.map(({ username }) => username)).toEqual(["ada", "grace", "hopper"]);
  // A name of another site that leads to this machine.
  const asked = request(`${server.url}/console/accounts.json`, { headers: { host: "evil.example" } }).end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  expect(await text(answer)).toBe("[]\n");
  const hidden = await send(`${production.url}/console/accounts.json`);
  expect([hidden.status, hidden.text]).toEqual([200, "[]\n"]);
});

test("production serves the console, and CONSOLE=off serves none", async () => {
  expect((await send(`${production.url}/console`)).status).toBe(200);
  const without = await start({ CONSOLE: "off" });
  expect((await send(`${without.url}/console`)).status).toBe(404);
});

test("files are found once they are built, and not before", () => {
  const empty = mkdtempSync(join(tmpdir(), "console-"));
  expect(consoleFiles(join(empty, "unbuilt"))).toBeNull();
  expect([...consoleFiles(empty)!]).toEqual([]);
  rmSync(empty, { recursive: true });
});
