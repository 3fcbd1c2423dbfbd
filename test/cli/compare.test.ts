import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Actor } from "../../src/auth/actor";
import { USER_IDS, type Username } from "../../src/demo/cast";
import { compareAll, type Asked } from "../../src/cli/compare/compare-all";
import { clientCredentials } from "../../src/gateways/client-credentials";
import { OpenEdxSystem } from "../../src/gateways/open-edx/http/system";
import { restApi } from "../../src/rest/rest";
import type { FakeEntitlement } from "../fake-edx/world/world";
import { auditor } from "../support/demo-app";
import { settingsFor, useLms } from "../support/lms";
import { killLeftovers, runToEnd } from "../support/server-process";
import { example } from "../rest/asking";

const beside = useLms();
let held: FakeEntitlement[];
beforeAll(async () => {
  held = (
    await Promise.all((Object.keys(USER_IDS) as Username[]).map((username) => listOf(auditor, username)))
  ).flat();
});
beforeEach(() => {
  beside.edx.world.entitlements = held.map((each) => ({ ...each }));
});
afterAll(killLeftovers);

async function listOf(actor: Actor, user: string): Promise<FakeEntitlement[]> {
  const { body } = await restApi(beside.app)({
    method: "GET",
    path: "entitlements/v1/entitlements/",
    parameters: new URLSearchParams({ user, page_size: "100" }),
    address: "",
    body: () => ({}),
    actor,
    requestId: "test",
  });
  const { results } = JSON.parse(JSON.stringify(body)) as { results: FakeEntitlement[] };
  return results;
}

const settings = () => {
  const { url } = beside.app.db.options as { url: string };
  return { ...settingsFor(beside.edx), DATABASE_URL: url };
};
const compare = (args: string[] = [], more: Record<string, string> = {}) =>
  runToEnd("dist/src/cli/compare/compare.js", { ...settings(), ...more }, args);
/** Compares in this process, which takes less time: the lines of differences, and the numbers. */
async function inProcess(asked: Partial<Asked> = {}, deadlineMs = 2_000) {
  const lines: string[] = [];
  const { lmsUrl: baseUrl, client } = beside.edx;
  const authorization = clientCredentials({
    tokenUrl: `${baseUrl}/oauth2/access_token`,
    clientId: client.id,
    clientSecret: client.secret,
    deadlineMs: 2_000,
  });
  await authorization(); // so that a short deadline is that of the lists alone
  const options = { to: "lms", baseUrl, authorization, deadlineMs, callsPerMinute: 6_000 } as const;
  const lms = new OpenEdxSystem({ ...options, clock: beside.app.clock });
  const telling = { print: (line: string) => lines.push(line), startProgress: () => () => {} };
  const all = { usernames: null, which: "HOLDERS", ...asked } as const;
  return { lines, ...(await compareAll(beside.app, lms, all, telling)) };
}
const linesOf = (stdout: string) => stdout.trimEnd().split("\n");
/** How many known differences of each kind a report names. */
const knownIn = (stdout: string) =>
  linesOf(stdout)
    .filter((line) => line.startsWith("known"))
    .map((line) => Number(/known differences: (\d+)/.exec(line)![1]));
const inLms = (place: number) => beside.edx.world.entitlements.find(({ uuid }) => uuid === example(place))!;
const plant = (place: number, changes: object) => Object.assign(inLms(place), changes);

test("lists that are the same have no unexplained difference, and those that are due are told apart", async () => {
  const { status, stdout, stderr } = await compare(["--lms", `${beside.edx.lmsUrl}/`]);
  expect(status).toBe(0);
  expect(stderr).toMatch(/^4 of 4 learners, \d+ s(, \d+\/s)?\n$/);
  const lines = linesOf(stdout);
  expect(lines[0]).toBe(`4 learners compared; entitlements here: ${held.length}, in the LMS: ${held.length}`);
  expect(lines.at(-1)).toBe("unexplained differences: 0; learners that could not be compared: 0");
  const [written, due, details, order] = knownIn(stdout);
  expect([written, details, order]).toEqual([0, 0, 0]);
  expect(due).toBeGreaterThan(2);
});

test("a difference of each kind is named by the learner, the entitlement and the key, or counted as known", async () => {
  const before = await inProcess();
  plant(1, { mode: "professional" });
  plant(2, { refund_locked: true });
  plant(3, { enrollment_course_run: undefined });
  plant(6, { order_number: "OTHER" });
  plant(10, { support_details: [] });
  plant(14, { created: "2020-01-01T00:00:00Z" });
  plant(16, { expired_at: new Date().toISOString() });
  plant(17, { is_new: true });
  plant(18, { uuid: example(999) });
  // What has a reason:
  plant(9, { expired_at: new Date().toISOString(), modified: new Date().toISOString() });
  plant(8, { expired_at: null });
  const detail = inLms(15)["support_details"] as { action: string }[];
  plant(15, { support_details: detail.map((each) => ({ ...each, action: each.action.toLowerCase() })) });
  plant(20, { created: String(inLms(20)["created"]).replace("000Z", "456Z") });
  const { entitlements } = beside.edx.world;
  entitlements.unshift(entitlements.splice(entitlements.indexOf(inLms(5)), 1)[0]!);

  const { status, stdout } = await compare();
  expect(status).toBe(1);
  const found = linesOf(stdout).filter((line) => line.startsWith("user"));
  const of = (place: number, what: string) => `user 1, entitlement ${example(place)}: ${what}`;
  expect(found.toSorted()).toEqual(
    [
      of(1, "mode"),
      of(2, "refund_locked"),
      of(3, "enrollment_course_run"),
      of(6, "order_number"),
      of(10, "support_details"),
      of(14, "created"),
      of(16, "expired_at"),
      of(17, "is_new"),
      of(18, "the LMS does not have it"),
      of(999, "only the LMS has it"),
    ].toSorted(),
  );
  expect(stdout).not.toContain("OTHER");
  expect(knownIn(stdout)).toEqual([3, before.known.DUE - 1, 1, 1]);
  expect(linesOf(stdout).at(-1)).toBe("unexplained differences: 10; learners that could not be compared: 0");
});

test("learners who have nothing here are compared when their accounts are known, or when they are named", async () => {
  const stray = (user: string, place: number) => ({ ...inLms(1), user, uuid: example(place) });
  beside.edx.world.entitlements.push(stray("empty_handed", 901), stray("stranger", 902));
  expect(await inProcess()).toMatchObject({ unexplained: 0, learners: 4 });
  const known = await inProcess({ which: "ACCOUNTS" });
  expect(known.lines).toEqual([`user ${auditor.userId}, entitlement ${example(901)}: only the LMS has it`]);
  expect(known.learners).toBe(8);
  const named = await inProcess({ usernames: ["stranger", "bob"] });
  expect(named.lines).toEqual([`user stranger, entitlement ${example(902)}: only the LMS has it`]);
  expect(named).toMatchObject({ unexplained: 1, learners: 2, failed: 0 });
});

test("all pages of a list are read, and a second time where they differ", async () => {
  const extra = Array.from({ length: 150 }, (_, place) => ({ ...inLms(1), uuid: example(1_000 + place) }));
  beside.edx.world.entitlements.push(...extra);
  const before = beside.edx.requests.length;
  expect(await inProcess({ usernames: ["ada"] })).toMatchObject({ unexplained: 150 });
  const pages = beside.edx.requests.slice(before).filter(({ path }) => path.includes("entitlements"));
  expect(pages).toHaveLength(4);
});

test("what passes by itself is no difference: the lists are read again", async () => {
  let asked = 0;
  const get = () => (++asked === 1 ? "professional" : "verified");
  Object.defineProperty(inLms(1), "mode", { get, enumerable: true });
  expect(await inProcess({ usernames: ["ada"] })).toMatchObject({ unexplained: 0, learners: 1 });
  expect(asked).toBe(2);
});

test("a learner that the LMS does not answer for is named, and the others are compared", async () => {
  const path = "^GET /api/entitlements/.*user=bob";
  beside.edx.faults.set({ system: "lms", path, kind: "status", status: 500 });
  const { lines, learners, failed, unexplained } = await inProcess();
  expect({ lines, learners, failed, unexplained }).toEqual({
    lines: ["user 4: the LMS does not tell: HTTP_500"],
    learners: 3,
    failed: 1,
    unexplained: 0,
  });
});

test("a learner whose name in the LMS is not known is named", async () => {
  const rename = (to: string) =>
    beside.app.db.query("update user_account set username = $1 where id = '4'", [to]);
  await rename("?4");
  expect(await inProcess()).toMatchObject({
    failed: 1,
    lines: ["user 4: the LMS does not tell: NAME_UNKNOWN"],
  });
  await rename("bob");
});

test("an LMS that sends nonsense, or no answer to ten learners in a row, ends the comparison", async () => {
  beside.edx.faults.set({ system: "lms", path: "entitlements", kind: "nonsense", shape: "html" });
  const usernames = Array<string>(12).fill("ada");
  await expect(inProcess({ usernames }, 50)).rejects.toThrow(
    "The LMS does not answer: 10 learners in a row could not be compared.",
  );
});

test.each([
  ["a closed API", { system: "lms", path: "entitlements", kind: "status", status: 403 }, "HTTP_403"],
  ["no token", { system: "lms", path: "access_token", kind: "status", status: 401 }, "HTTP_401"],
] as const)("%s ends the comparison at once with the status 2", async (_, fault, word) => {
  beside.edx.faults.set(fault);
  const { status, stdout, stderr } = await compare();
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(new RegExp(`^The LMS [a-z ]+: ${word}\\n$`));
});

describe("with a token from a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "compare-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const withToken = async (username: string) => {
    const file = join(folder, username);
    writeFileSync(file, `${username === "nobody" ? "x" : await beside.edx.tokenOf(username)}\n`);
    const { DATABASE_URL } = settings();
    const args = ["--lms", beside.edx.lmsUrl, "--token", file, "--user", "bob"];
    return runToEnd("dist/src/cli/compare/compare.js", { DATABASE_URL }, args);
  };

  test("no other setting of the LMS is needed", async () => {
    expect(await withToken("hopper")).toMatchObject({ status: 0 });
  });

  test.each(["ada", "nobody"])("one that is not of staff is refused, as of %s", async (username) => {
    expect(await withToken(username)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: "The token must be a JWT of an account of the LMS that is staff.\n",
    });
  });
});

test("without an LMS or a way to a token, it says what to set, with the status 2", async () => {
  const { DATABASE_URL } = settings();
  const ask = (...args: string[]) => runToEnd("dist/src/cli/compare/compare.js", { DATABASE_URL }, args);
  const all = await Promise.all([ask(), ask("--lms", "ftp://x"), ask("--lms", "http://x")]);
  expect(all.map(({ status }) => status)).toEqual([2, 2, 2]);
  expect(all.map(({ stderr }) => stderr.slice(0, 12))).toEqual([
    "--lms must b",
    "--lms must b",
    "Set OAUTH_CL",
  ]);
});
