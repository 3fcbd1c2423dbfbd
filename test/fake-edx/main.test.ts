import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const MAIN = "dist/test/fake-edx/main.js";
const PORTS = ["lms", "discovery", "coordinator", "webhook", "control"].flatMap((name) => [
  `--${name}-port`,
  "0",
]);

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

test("it prints the settings to use it, then a line for each request, and an interrupt ends it", async () => {
  child = spawn(process.execPath, [MAIN, ...PORTS], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value as string;
  const settings = Object.fromEntries((await line()).split(" ").map((each) => each.split("=")));
  expect(Object.keys(settings)).toEqual([
    "LMS_URL",
    "DISCOVERY_URL",
    "OAUTH_CLIENT_ID",
    "OAUTH_CLIENT_SECRET",
    "REFUND_SHOP",
    "COORDINATOR_URL",
  ]);
  expect(await line()).toMatch(
    / REFUND_SHOP=webhook REFUND_WEBHOOK_URL=http\S+ REFUND_WEBHOOK_SECRET=whsec_/,
  );
  expect(await line()).toMatch(/^Control: http/);
  expect((await fetch(`${settings["LMS_URL"]}/jwks.json`)).status).toBe(200);
  expect(await line()).toMatch(/ lms GET \/jwks\.json => 200$/);
  child.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
});

test("a command line that makes no sense is answered with the reason", () => {
  const told = (...parameters: string[]) =>
    spawnSync(process.execPath, [MAIN, ...PORTS, ...parameters], { encoding: "utf8" });
  expect(told("--alg", "none")).toMatchObject({ status: 1, stderr: "--alg: must be RS256 or HS256\n" });
  expect(told("--faults", "nowhere.json").stderr).toMatch(/^--faults: .*nowhere\.json/);
  expect(told("--learns-after", "soon").stderr).toBe("--learns-after: must be a whole number\n");
  expect(told("--help")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("Starts a fake Open edX") as string,
  });
});
