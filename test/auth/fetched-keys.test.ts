import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import { pino } from "pino";
import { fetchedKeys, KeysUnavailable } from "../../src/auth/fetched-keys";
import { InvalidToken, tokenVerifier } from "../../src/auth/verify-token";
import { loadConfig } from "../../src/config";
import { openKeyServer, publishing, type KeyServer } from "../support/key-server";

const pair = (modulusLength = 2048) => generateKeyPairSync("rsa", { modulusLength });
const [first, second, weak] = [pair(), pair(), pair(1024)];
const jwk = (key: { publicKey: KeyObject }, more: object = {}) => ({
  ...key.publicKey.export({ format: "jwk" }),
  ...more,
});
const { token: rules } = loadConfig({});
const MINUTE = 60_000;
const DEADLINE_MS = 1_000;

let lms: KeyServer;
let now: number;
let logged: { level: number; msg: string; cause?: string }[];
beforeEach(async () => {
  now = 0;
  logged = [];
  lms = await openKeyServer(publishing([jwk(first, { kid: "first" })]));
});
afterEach(() => lms.close());

const log = pino(
  {},
  { write: (line: string) => void logged.push(JSON.parse(line) as (typeof logged)[number]) },
);
/** A verifier that uses the keys of the LMS, with a clock that only the test moves. */
const verifier = () =>
  tokenVerifier({
    ...rules,
    keys: fetchedKeys(lms.url, log, { deadlineMs: DEADLINE_MS, clock: () => now }),
  });
type Verify = ReturnType<typeof verifier>;

const token = async (key = first, kid?: string, username = "ada") =>
  new SignJWT({ preferred_username: username })
    .setProtectedHeader({ alg: "RS256", ...(kid && { kid }) })
    .setIssuer(rules.issuer)
    .setAudience(rules.audience)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(key.privateKey);

/** The result of a verification: `in`, or the name of the error. */
async function outcome(verify: Verify, given: string): Promise<string> {
  try {
    await verify({ authorization: `JWT ${given}` });
    return "in";
  } catch (error) {
    return (error as Error).constructor.name;
  }
}
const comesIn = async (verify: Verify, key = first, kid?: string) =>
  expect(await outcome(verify, await token(key, kid))).toBe("in");
const isRefused = async (verify: Verify, key = first, kid?: string) =>
  expect(await outcome(verify, await token(key, kid))).toBe(InvalidToken.name);
const isPutOff = async (verify: Verify, key = first, kid?: string) =>
  expect(await outcome(verify, await token(key, kid))).toBe(KeysUnavailable.name);

/** Waits for the work in the background. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
const isHanging = () => (lms.answer = () => undefined);

describe("while the LMS answers", () => {
  test("keys are fetched once at the start, however many requests come at once", async () => {
    const verify = verifier();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => token(first, "first")));
    const outcomes = await Promise.all(tokens.map((each) => outcome(verify, each)));
    expect(new Set(outcomes)).toEqual(new Set(["in"]));
    now = 8 * MINUTE;
    await comesIn(verify, first, "first");
    expect(lms.requests).toBe(1);
  });

  test("a token without a kid is tried with every key", async () => {
    lms.answer = publishing([jwk(first, { kid: "first" }), jwk(second, { kid: "second" })]);
    const verify = verifier();
    await comesIn(verify, first);
    await comesIn(verify, second);
    expect(lms.requests).toBe(1);
  });

  test("keys are fetched again in the background before they are ten minutes old", async () => {
    const verify = verifier();
    await comesIn(verify);
    isHanging();
    now = 9.5 * MINUTE;
    await comesIn(verify);
    await until(() => lms.requests === 2);
    await comesIn(verify);
  });

  test.each([
    ["under a new name", "second"],
    ["under the old name", "first"],
    ["without a name", undefined],
  ])("a new key %s is found when its first token comes", async (_, kid) => {
    const verify = verifier();
    await comesIn(verify, first, "first");
    now = MINUTE;
    lms.answer = publishing([jwk(second, { kid })]);
    await comesIn(verify, second, kid);
    await isRefused(verify, first, "first");
    expect(lms.requests).toBe(2);
  });

  test("tokens that fit no key cause at most one fetch every 30 seconds", async () => {
    const verify = verifier();
    await comesIn(verify);
    for (const [seconds, requests] of [
      [1, 1],
      [29, 1],
      [30, 2],
      [59, 2],
      [60, 3],
    ] as const) {
      now = seconds * 1000;
      const strangers = await Promise.all(["a", "b", undefined].map((kid) => token(second, kid)));
      const outcomes = await Promise.all(strangers.map((each) => outcome(verify, each)));
      expect(new Set(outcomes)).toEqual(new Set([InvalidToken.name]));
      expect(lms.requests).toBe(requests);
    }
  });

  test("a token with a good signature that is rejected for another reason causes no fetch", async () => {
    const verify = verifier();
    await comesIn(verify);
    now = MINUTE;
    const late = new SignJWT({}).setProtectedHeader({ alg: "RS256" }).setIssuedAt(1).setExpirationTime(2);
    expect(await outcome(verify, await late.sign(first.privateKey))).toBe(InvalidToken.name);
    expect(await outcome(verify, "e30.e30.x")).toBe(InvalidToken.name);
    expect(lms.requests).toBe(1);
  });

  test("a withdrawn key is trusted for ten minutes, also for tokens that were accepted before", async () => {
    const verify = verifier();
    const known = await token(first);
    expect(await outcome(verify, known)).toBe("in");
    lms.answer = publishing([jwk(second)]);
    now = 8 * MINUTE;
    expect(await outcome(verify, known)).toBe("in");
    now = 10 * MINUTE;
    expect(await outcome(verify, known)).toBe(InvalidToken.name);
    await isRefused(verify, first);
    expect(lms.requests).toBe(2);
  });

  test("a token is verified once for the same keys, even after the keys were fetched again", async () => {
    const verify = verifier();
    const headers = { authorization: `JWT ${await token()}` };
    const actor = await verify(headers);
    now = 11 * MINUTE;
    expect(await verify(headers)).toBe(actor);
    expect(lms.requests).toBe(2);
  });
});

describe("while the LMS is unavailable", () => {
  const AWAY: [string, () => unknown][] = [
    ["refuses connections", () => lms.close()],
    ["hangs", isHanging],
    [
      "hangs in the middle of its answer",
      () => (lms.answer = (_, response) => void response.write('{"keys":[')),
    ],
    ["breaks off", () => (lms.answer = (request) => void request.socket.destroy())],
    ["answers 500", () => (lms.answer = (_, response) => void response.writeHead(500).end())],
    [
      "redirects",
      () =>
        (lms.answer = (request, response) =>
          request.url === "/elsewhere"
            ? publishing([jwk(first)])(request, response)
            : response.writeHead(302, { location: "/elsewhere" }).end()),
    ],
    ["answers garbage", () => (lms.answer = (_, response) => void response.end("<html>"))],
    ["answers null", () => (lms.answer = (_, response) => void response.end("null"))],
    ["answers with no list of keys", () => (lms.answer = publishing("none"))],
    ["answers without a key", () => (lms.answer = publishing([]))],
    [
      "answers 10 MB",
      () =>
        (lms.answer = (request, response) =>
          publishing([jwk(first), { filler: "x".repeat(10_000_000) }])(request, response)),
    ],
  ];

  test.each(AWAY)("known keys stay trusted when the LMS %s", async (_, goAway) => {
    const verify = verifier();
    const known = await token(first);
    expect(await outcome(verify, known)).toBe("in");
    await goAway();
    now = 10 * MINUTE;
    await comesIn(verify);
    expect(logged.at(-1)).toMatchObject({
      level: 40,
      msg: expect.stringContaining("stay trusted") as string,
    });
    now = 24 * 60 * MINUTE;
    expect(await outcome(verify, known)).toBe("in");
    await comesIn(verify);
    await until(() => logged.filter(({ level }) => level === 40).length === 2);
  });

  test.each(AWAY)(
    "a request with a token must be repeated later, and a request without one is answered, when the LMS %s before the first keys",
    async (_, goAway) => {
      await goAway();
      const verify = verifier();
      await isPutOff(verify);
      expect(await verify({})).toBeNull();
      expect(logged.at(-1)).toMatchObject({ level: 50, msg: expect.stringContaining("no token") as string });
      expect(await outcome(verify, "malformed")).toBe(InvalidToken.name);
    },
  );

  test("the first keys are requested again every second, and not more often", async () => {
    lms.answer = (_, response) => void response.writeHead(503).end();
    const verify = verifier();
    for (let n = 0; n < 5; n++) await isPutOff(verify);
    expect(lms.requests).toBe(1);
    lms.answer = publishing([jwk(first)]);
    now = 1_000;
    await isPutOff(verify);
    await until(() => logged.some(({ msg }) => msg.includes("changed")));
    await comesIn(verify);
    expect(lms.requests).toBe(2);
  });

  test("there is one attempt every 30 seconds, and after a failure no request waits for the next one", async () => {
    const verify = verifier();
    await comesIn(verify);
    isHanging();
    now = 10 * MINUTE;
    await comesIn(verify);
    for (const later of [1_000, 29_000, 30_000, 31_000]) {
      now = 10 * MINUTE + later;
      await comesIn(verify);
    }
    await until(() => lms.requests === 3);
    // The third attempt still hangs: requests in the meantime have not waited for it.
    expect(logged.filter(({ level }) => level === 40)).toHaveLength(1);
  });

  test("a request with a token that fits no known key must be repeated later, and is rejected once the LMS answers again", async () => {
    const verify = verifier();
    await comesIn(verify);
    lms.answer = (_, response) => void response.writeHead(500).end();
    now = MINUTE;
    await isPutOff(verify, second, "second");
    lms.answer = publishing([jwk(first)]);
    now = 2 * MINUTE;
    await isPutOff(verify, second, "second");
    await until(() => lms.requests === 3);
    await until(() => logged.length > 0);
    now = 3 * MINUTE;
    await isRefused(verify, second, "second");
    await comesIn(verify);
  });

  test("after a long time without requests, a request waits for the keys again, although the last attempt failed", async () => {
    const verify = verifier();
    await comesIn(verify);
    lms.answer = (_, response) => void response.writeHead(500).end();
    now = 9.5 * MINUTE;
    await comesIn(verify);
    await until(() => logged.some(({ level }) => level === 40));
    lms.answer = publishing([jwk(second)]);
    now = 60 * MINUTE;
    await isRefused(verify, first);
  });

  test("the log does not contain what the LMS sends", async () => {
    lms.answer = (_, response) => void response.end("secret");
    await isPutOff(verifier());
    lms.answer = (_, response) => void response.writeHead(500, "secret").end("secret");
    await isPutOff(verifier());
    expect(logged.map(({ cause }) => cause)).toEqual(["SyntaxError", "HTTP 500"]);
    expect(JSON.stringify(logged)).not.toContain("secret");
  });
});

describe("of the keys that the LMS publishes, only RSA keys for signatures are trusted:", () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  test.each<[string, unknown]>([
    ["an elliptic key", jwk(ec)],
    ["a secret", { kty: "oct", k: Buffer.from("secret").toString("base64url") }],
    ["a key for encryption", jwk(second, { use: "enc" })],
    ["a key for other operations", jwk(second, { key_ops: ["encrypt"] })],
    ["a key for another algorithm", jwk(second, { alg: "PS256" })],
    ["a key for RS384", jwk(second, { alg: "RS384" })],
    ["a key that is too short", jwk(weak)],
    ["the development key", jwk(second, { kid: "development" })],
    ["a key whose id is a number", jwk(second, { kid: 1 })],
    ["a key without numbers", { kty: "RSA" }],
    ["a key with invalid numbers", { kty: "RSA", n: "?", e: "" }],
    ["null", null],
    ["a text", "key"],
  ])("%s is ignored, and the other keys are used", async (_, key) => {
    lms.answer = publishing([key, jwk(first)]);
    const verify = verifier();
    await comesIn(verify, first);
    await isRefused(verify, second);
    await isRefused(verify, second, "development");
    lms.answer = publishing([key]);
    await isPutOff(verifier(), second);
  });

  test.each<[string, object]>([
    ["a bare key", {}],
    ["a key for signatures", { use: "sig" }],
    ["a key to verify with", { key_ops: ["sign", "verify"] }],
    ["a key for RS512 beside one for RS256", { alg: "RS256" }],
    ["a key with further members", { x5u: "http://127.0.0.1:1/", x5c: ["?"], jku: "http://127.0.0.1:1/" }],
  ])("%s is trusted", async (_, more) => {
    lms.answer = publishing([jwk(first, { alg: "RS512" }), jwk(first, more)]);
    await comesIn(verifier(), first);
  });
});
