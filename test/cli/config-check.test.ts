import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Finding } from "../../src/cli/checks/finding";
import { outsideFindings } from "../../src/cli/checks/outside";
import { eventBusFindings } from "../../src/cli/checks/event-bus";
import { keeperFindings } from "../../src/cli/checks/keepers";
import { loadConfig } from "../../src/config";
import { StreamGroup } from "../../src/gateways/event-bus/stream-group";
import { ALGORITHMS } from "../../src/proof/notes/signer";
import { openFakeEdx, type FakeEdx, type FakeEdxOptions } from "../fake-edx/fake-edx";
import { WORKER } from "../fake-edx/world/demo";
import { newSigner } from "../proof/signers";
import { openEdx } from "../support/avro";
import { createEmptyDatabase, createTestDatabase } from "../support/database";
import { JWT_JWK_SET, PRODUCTION } from "../support/http";
import { describeWithRedis, openEventBus, type EventBus } from "../support/event-bus";
import { TYPES } from "../support/lms-events";
import { freePort } from "../support/ports";
import { killLeftovers, runToEnd, said, startServerProcess } from "../support/server-process";

const open: FakeEdx[] = [];
async function anInstallation(options: FakeEdxOptions = {}): Promise<FakeEdx> {
  const edx = await openFakeEdx(options);
  open.push(edx);
  return edx;
}
afterEach(() => Promise.all(open.splice(0).map((edx) => edx.close())));

afterAll(killLeftovers);

/** The settings for an installation. */
const settingsFor = ({ lmsUrl, discoveryUrl, client }: FakeEdx) => ({
  LMS_URL: lmsUrl,
  DISCOVERY_URL: discoveryUrl,
  OAUTH_CLIENT_ID: client.id,
  OAUTH_CLIENT_SECRET: client.secret,
  LMS_ENTITLEMENTS: "empty",
  JWT_JWK_SET_URL: `${lmsUrl}/jwks.json`,
});

/** What is not all right with an installation. */
async function faults(edx: FakeEdx, settings: Record<string, string> = {}): Promise<string[]> {
  const all: Finding[] = [];
  for await (const each of outsideFindings(loadConfig({ ...settingsFor(edx), ...settings }))) all.push(each);
  return all
    .filter(({ verdict }) => verdict !== "ok")
    .map(({ verdict, what, found }) => `${verdict} ${what}: ${found}`);
}

const matching = (text: string) => expect.stringContaining(text) as string;

describe("config:check", () => {
  const check = (env: Record<string, string>, ...args: string[]) =>
    runToEnd("dist/src/cli/checks/config-check.js", env, args);

  test("finds nothing wrong with an installation that works, changes nothing there, and exits with 0", async () => {
    const [edx, database] = [await anInstallation(), await createTestDatabase()];
    const env = { ...settingsFor(edx), DATABASE_URL: database.url };
    const { status, stdout, stderr } = await check(env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect(lines.map((line) => line.slice(7).split(":")[0])).toEqual([
      "the database",
      "SITE_DOMAIN",
      "the keys of the LMS",
      "the token for other services",
      "the claims of the token",
      "tokens of this LMS",
      "the Enrollment API of the LMS",
      "the runs of the LMS",
      "the accounts of the LMS",
      "the certificates of the LMS",
      "the courses of course-discovery",
      "the runs of course-discovery",
      "the entitlements of the LMS",
      "the shop that refunds",
    ]);
    expect(edx.requests.filter(({ method }) => method !== "GET").map(({ path }) => path)).toEqual([
      "/oauth2/access_token",
    ]);
    expect(stdout).not.toContain(edx.client.secret);
    await database.drop();
  });

  test("tells what is wrong as JSON too, and exits with 1", async () => {
    const [edx, database] = [await anInstallation(), await createEmptyDatabase()];
    const env = { ...settingsFor(edx), DATABASE_URL: database.url, OAUTH_CLIENT_SECRET: "wrong" };
    const { status, stdout } = await check({ ...env, SITE_DOMAIN: "lms.example" }, "--json");
    expect(status).toBe(1);
    const wrong = (JSON.parse(stdout) as Finding[]).filter(({ verdict }) => verdict === "wrong");
    expect(wrong.map(({ what, found }) => `${what}: ${found}`)).toEqual([
      matching("the database: The database lacks migrations, first "),
      matching("SITE_DOMAIN: the table site has no such domain"),
      matching("the token for other services: it answers with the status 401: set OAUTH_CLIENT_ID and "),
      "the LMS and course-discovery: not asked, as there is no token",
    ]);
    await database.drop();
  });

  test("explains itself, and refuses faulty settings before it asks", async () => {
    expect(await check({}, "--help")).toMatchObject({ status: 0, stdout: matching("npm run config:check") });
    expect(await check({ LMS_URL: "http://lms.example" })).toMatchObject({
      status: 1,
      stderr: matching("DISCOVERY_URL: must be set when LMS_URL is set"),
    });
    const HISTORY_SIGNING_KEY_FILE = "package.json";
    expect(await check({ HISTORY_SIGNING_KEY_FILE, HISTORY_ORIGIN: "history.example" })).toMatchObject({
      status: 1,
      stdout: "",
      stderr: matching("HISTORY_SIGNING_KEY_FILE: cannot be used"),
    });
  });
});

test("without an LMS nobody is asked", async () => {
  const all: string[] = [];
  for await (const { what } of outsideFindings(loadConfig({}))) all.push(what);
  expect(all).toEqual(["the shop that refunds"]);
});

test("those who keep the checkpoints of the history are asked whether they are there", async () => {
  const server = createServer((_, response) => void response.writeHead(404).end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const witness = newSigner("witness.example", ALGORITHMS.cosignature).vkey;
  const HISTORY_WITNESSES = [
    `http://127.0.0.1:${port}/#${witness}`,
    `http://127.0.0.1:${await freePort()}/#${witness}`,
    `file:${process.cwd()}/package.json`,
    `file:${process.cwd()}/kept.txt`,
    `file:${process.cwd()}/src`,
    "file:/nowhere/kept.txt",
  ].join(",");
  const asked = async (settings: Record<string, string>) => {
    const all: string[] = [];
    for await (const { verdict, found } of keeperFindings(loadConfig(settings)))
      all.push(`${verdict} ${found}`);
    return all;
  };
  expect(await asked({ HISTORY_WITNESSES })).toEqual([
    "ok a server is there; whether it cosigns with its key, only a checkpoint can tell",
    "wrong nothing listens on its host and port: see HISTORY_WITNESSES",
    "ok checkpoints can be added",
    "ok checkpoints can be added",
    "wrong it is a folder: name a file in HISTORY_WITNESSES",
    "wrong it cannot be written (ENOENT): see HISTORY_WITNESSES",
  ]);
  expect(existsSync("kept.txt")).toBe(false);
  server.close();
  expect(await asked({ ...PRODUCTION, JWT_JWK_SET })).toEqual([matching("note the history is not sealed")]);
});

test("an LMS that signs with a secret is a note for callers with tokens of services", async () => {
  expect(await faults(await anInstallation({ tokens: { alg: "HS256" } }))).toEqual([
    matching(
      "note tokens of this LMS: it is signed with HS256, by a secret. The LMS and course-discovery accept",
    ),
  ]);
});

test("an application without scopes is a note for callers with its tokens", async () => {
  expect(await faults(await anInstallation({ tokens: { scopes: ["read", "write"] } }))).toEqual([
    matching(
      "note the claims of the token: it lacks the scope profile and the scope user_id and the claim user_id.",
    ),
  ]);
});

test("keys, an issuer and an audience that are not those of the LMS are wrong", async () => {
  const [edx, other] = [await anInstallation(), await anInstallation()];
  const about = "wrong tokens of this LMS: ";
  expect(await faults(edx, { JWT_ISSUER: "https://lms.example/oauth2" })).toEqual([
    `${about}it names another issuer than JWT_ISSUER: set JWT_ISSUER to http://localhost:18000/oauth2`,
  ]);
  expect(await faults(edx, { JWT_AUDIENCE: "others" })).toEqual([
    `${about}it names another audience than JWT_AUDIENCE: set JWT_AUDIENCE to openedx`,
  ]);
  const JWT_JWK_SET = `{"keys":[{"kty":"RSA","n":"${"AQAB".repeat(90)}","e":"AQAB"}]}`;
  expect(await faults(other, { JWT_JWK_SET_URL: "", JWT_JWK_SET })).toEqual([
    matching(`${about}none of our keys has signed it: set JWT_JWK_SET to JWT_PUBLIC_SIGNING_JWK_SET`),
  ]);
  expect(await faults(other, { JWT_JWK_SET_URL: `${other.lmsUrl}/nothing` })).toEqual([
    matching("wrong the keys of the LMS: it answers with the status 404: set JWT_JWK_SET_URL"),
    matching(`${about}it answers with the status 404: see JWT_JWK_SET_URL`),
  ]);
});

test("an account of the token that is not staff is wrong, wherever the LMS hides something from it", async () => {
  const edx = await anInstallation();
  edx.world.users.get(WORKER)!.isStaff = false;
  const found = await faults(edx);
  expect(found).toEqual([
    `wrong the account of the token: ${WORKER} is not staff: set "Staff status" of this account in the administration of the LMS`,
    'wrong the Enrollment API of the LMS: it answers with the status 404: set "Staff status" of the account of the token in the administration of the LMS',
  ]);
});

test("a host that is no partner's site, or is something else, is wrong", async () => {
  const edx = await anInstallation();
  expect(await faults(edx, { DISCOVERY_URL: edx.lmsUrl })).toEqual([
    matching("wrong the courses of course-discovery: it answers with the status 404: set DISCOVERY_URL"),
  ]);
  edx.world.runs.clear();
  expect(await faults(edx)).toEqual([
    matching(
      "wrong the courses of course-discovery: it has none at this address: set DISCOVERY_URL to its public",
    ),
  ]);
});

test("an LMS and a catalog of two installations are wrong together", async () => {
  const [edx, other] = [await anInstallation(), await anInstallation()];
  edx.world.runs.clear();
  expect(await faults(edx, { DISCOVERY_URL: other.discoveryUrl })).toEqual([
    matching("LMS_URL and DISCOVERY_URL must belong to one installation"),
  ]);
});

test.each([
  [405, []],
  [401, ["wrong the shop that refunds: it answers with the status 401: it does not accept our token"]],
  [403, ["wrong the shop that refunds: it answers with the status 403: it does not let us in"]],
  [404, ["wrong the shop that refunds: it answers with the status 404: set COORDINATOR_URL"]],
  [500, ["wrong the shop that refunds: it answers with the status 500: see COORDINATOR_URL"]],
])("a shop that answers with %d is asked for no refund", async (status, expected) => {
  const edx = await anInstallation();
  const asked: string[] = [];
  const shop = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization?.slice(0, 4)}`);
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  await once(shop, "listening");
  const COORDINATOR_URL = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  const found = await faults(edx, { REFUND_SHOP: "coordinator", COORDINATOR_URL });
  expect(found).toEqual(expected.map(matching));
  expect(new Set(asked)).toEqual(new Set(["GET /lms/refund/ JWT "]));
  shop.closeAllConnections();
  shop.close();
});

test("the shops of an installation are there, and get no refund to make", async () => {
  const edx = await anInstallation();
  const all: Finding[] = [];
  for (const shop of [
    { REFUND_SHOP: "coordinator", COORDINATOR_URL: edx.coordinatorUrl },
    { REFUND_SHOP: "webhook", REFUND_WEBHOOK_URL: edx.webhookUrl, REFUND_WEBHOOK_SECRET: edx.webhookSecret },
  ])
    for await (const each of outsideFindings(loadConfig({ ...settingsFor(edx), ...shop }))) all.push(each);
  const shops = all.filter(({ what }) => what === "the shop that refunds");
  expect(shops.map(({ verdict, found }) => `${verdict} ${found}`)).toEqual([
    "ok commerce-coordinator is there, and lets us in",
    matching("ok a server is there; whether it knows REFUND_WEBHOOK_SECRET"),
  ]);
  expect(edx.world.refunds).toEqual([]);
  edx.faults.set({ system: "webhook", kind: "reset" });
  expect(
    await faults(edx, {
      REFUND_SHOP: "webhook",
      REFUND_WEBHOOK_URL: edx.webhookUrl,
      REFUND_WEBHOOK_SECRET: edx.webhookSecret,
    }),
  ).toEqual(["wrong the shop that refunds: its host hangs up: see REFUND_WEBHOOK_URL"]);
});

test("a server that starts warns of what is wrong, and answers before it knows", async () => {
  const [edx, database] = [await anInstallation(), await createEmptyDatabase()];
  edx.world.users.get(WORKER)!.isStaff = false;
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const DISCOVERY_URL = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const env = { ...settingsFor(edx), DATABASE_URL: database.url, PORT: "0", DISCOVERY_URL };
  const server = await startServerProcess({ ...env, LMS_DEADLINE_MS: "30000" });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  const [line] = await said(server, /.*the Enrollment API of the LMS.*/, "stdout");
  expect(JSON.parse(line)).toMatchObject({
    level: 40,
    what: "the Enrollment API of the LMS",
    found: matching("it answers with the status 404"),
    msg: "npm run config:check finds something wrong",
  });
  expect(server.stdout()).not.toContain("the courses of course-discovery");
  server.child.kill("SIGKILL"); // it would wait for the background work that asks the catalog
  await server.exited;
  silent.closeAllConnections();
  silent.close();
  await database.drop();
});

test("systems that are not there are wrong, one line each", async () => {
  const edx = await anInstallation();
  await edx.close();
  open.splice(0);
  expect(await faults(edx)).toEqual([
    matching("wrong the keys of the LMS: nothing listens on its host and port: "),
    "wrong the token for other services: nothing listens on its host and port: see LMS_URL and OAUTH_TOKEN_URL",
    "wrong the LMS and course-discovery: not asked, as there is no token",
  ]);
});

test("what the LMS does with its own entitlements is a note, as long as nobody has said it", async () => {
  expect(await faults(await anInstallation(), { LMS_ENTITLEMENTS: "" })).toEqual([
    matching("note the entitlements of the LMS: if it holds any, it refunds them"),
  ]);
});

describe("our plug-in for the LMS", () => {
  const asked = (plugin: FakeEdxOptions["plugin"]) =>
    anInstallation({ plugin }).then((edx) => faults(edx, { LMS_ENTITLEMENTS: "plugin" }));

  test("is asked whether the LMS refunds nothing", async () => {
    expect(await asked("working")).toEqual([]);
  });

  test("is missed where it is declared and not there", async () => {
    expect(await asked("none")).toEqual([
      matching(
        "wrong the entitlements of the LMS: LMS_ENTITLEMENTS is plugin, but the LMS has no such plug-in",
      ),
    ]);
  });

  test("is told of where it leaves the LMS refunding", async () => {
    expect(await asked("refunding")).toEqual([
      matching("wrong the entitlements of the LMS: the plug-in of the LMS has not turned off"),
    ]);
  });
});

test("an event bus that cannot be reached is wrong, and its password is not told", async () => {
  const [fault] = await faults(await anInstallation(), { EVENTS_REDIS_URL: "redis://us:secret@127.0.0.1:1" });
  expect(fault).toBe(
    "wrong the event bus of the LMS: nothing listens on its host and port: see EVENTS_REDIS_URL",
  );
});

describeWithRedis("the event bus of the LMS, with the Redis of this machine", () => {
  let bus: EventBus;
  beforeEach(async () => {
    bus = await openEventBus();
  });
  afterEach(() => bus.close());

  /** What is found of the event bus, beside the lines that the LMS needs, with the prefix of the stream or another. */
  async function found(prefix = "test"): Promise<string[]> {
    const topic = bus.stream.replace(/^test-/, "");
    const settings = { EVENTS_REDIS_URL: bus.url, EVENTS_TOPIC_PREFIX: prefix, EVENTS_TOPICS: topic };
    const all: Finding[] = [];
    const config = loadConfig({ ...settingsFor(await anInstallation()), ...settings });
    for await (const each of eventBusFindings(config)) all.push(each);
    expect(all.map(({ what }) => what)).toEqual([
      "the event bus of the LMS",
      `the stream ${prefix}-${topic}`,
      "what the LMS sends",
    ]);
    expect(all.at(-1)!.found).toContain(
      `EVENT_BUS_PRODUCER_CONFIG.setdefault("org.openedx.learning.course.enrollment.changed.v1", {})["${topic}"] = {"event_key_field": "enrollment.course.course_key", "enabled": True}`,
    );
    expect(all.at(-1)!.found.match(/setdefault/g)).toHaveLength(8);
    return all.slice(0, 2).map((each) => `${each.verdict} ${each.found}`);
  }
  const event = { type: TYPES.left, data: openEdx.enrollment(5, "course-v1:DemoX+DEMO.01+open") };

  test("is asked for each stream that is read, and nothing is made there", async () => {
    expect(await found()).toEqual([
      matching("ok Redis "),
      matching("note it is empty: the LMS has sent nothing yet"),
    ]);
    expect(await bus.redis.exists(bus.stream)).toBe(0);
    await bus.sendAll([event, event, event]);
    expect((await found())[1]).toBe("ok 3 entries, which the server has not begun to read");
    const group = await StreamGroup.open({ url: bus.url, streams: [bus.stream], consumer: "one:4000" });
    await group.readNew(100);
    group.close();
    await bus.sendAll([event, event]);
    expect((await found())[1]).toBe("ok 5 entries, of which 2 are still to be read");
    await bus.redis.xtrim(bus.stream, "MAXLEN", 1);
    expect((await found())[1]).toMatch(/^note 1 events were dropped before they were read/);
  });

  test("tells of streams with another prefix", async () => {
    await bus.send(event);
    const [, stream] = await found("other");
    expect(stream).toMatch(/^wrong there is none, but .*: set EVENTS_TOPIC_PREFIX to EVENT_BUS_TOPIC_PREFIX/);
    expect(stream).toContain(bus.stream);
  });
});
