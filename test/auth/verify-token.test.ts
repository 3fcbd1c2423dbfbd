import { createHmac, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { fixedKeys, signingKeys } from "../../src/auth/keys";
import { InvalidToken, tokenVerifier, type TokenRules } from "../../src/auth/verify-token";

const pair = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const [ours, second, stranger] = [pair(), pair(), pair()];
const jwk = (key: KeyObject, kid?: string) => ({ ...key.export({ format: "jwk" }), ...(kid && { kid }) });
const rules: TokenRules = {
  keys: fixedKeys({ keys: [jwk(ours.publicKey, "first"), jwk(second.publicKey, "second")] }),
  issuer: "http://lms.example/oauth2",
  audience: "openedx",
  supportRole: "support",
  serviceRole: "shop",
  auditorRole: "auditor",
  restrictedApplications: false,
  cookies: false,
};

const EVERYTHING_BUT_DATE = [
  "nextTick",
  "queueMicrotask",
  "setImmediate",
  "clearImmediate",
  "setInterval",
  "clearInterval",
  "setTimeout",
  "clearTimeout",
  "performance",
  "hrtime",
] as const;
type Json = Record<string, unknown>;
const now = Math.floor(Date.now() / 1000);
// The clock stands still, so that seconds of leeway do not pass while the tests run.
beforeAll(() => jest.useFakeTimers({ now: now * 1000, doNotFake: [...EVERYTHING_BUT_DATE] }));
afterAll(() => jest.useRealTimers());
const HOUR = 3_600;
const payload: Json = {
  iss: rules.issuer,
  aud: rules.audience,
  iat: now,
  exp: now + HOUR,
  preferred_username: "ada",
  user_id: 1,
  administrator: false,
  superuser: false,
  version: "1.2.0",
};

const part = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const HASHES: Record<string, string> = { RS256: "sha256", RS384: "sha384", RS512: "sha512", PS256: "sha256" };

/** Signs any claims, also invalid ones. */
const token = (claims: Json = {}, header: Json = {}, key = ours.privateKey) =>
  signed({ ...payload, ...claims }, header, key);

function signed(claims: unknown, header: Json = {}, key = ours.privateKey): string {
  const head = { alg: "RS256", ...header };
  const text = `${part(head)}.${part(claims)}`;
  const padding = head.alg === "PS256" ? { padding: 6, saltLength: 32 } : {};
  return `${text}.${sign(HASHES[head.alg] ?? "sha256", Buffer.from(text), { key, ...padding }).toString("base64url")}`;
}

const hmac = (secret: string | Buffer) => {
  const text = `${part({ alg: "HS256" })}.${part(payload)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
};
const pem = ours.publicKey.export({ type: "spki", format: "pem" });
const without = (name: string) => token({ [name]: undefined });
const [head, body, signature] = token().split(".") as [string, string, string];
const forged = part({ ...payload, superuser: true });

const verifier = tokenVerifier(rules);
const ask = (value: string, how = rules) =>
  (how === rules ? verifier : tokenVerifier(how))({
    authorization: value.includes(" ") ? value : `JWT ${value}`,
  });

test.each<[string, string]>([
  ["RS256 with the scheme JWT", token()],
  ["RS256 with the scheme Bearer", `Bearer ${token()}`],
  ["the scheme in lower case", `jwt ${token()}`],
  ["RS512", token({}, { alg: "RS512" })],
  ["a named key", token({}, { kid: "first" })],
  ["the second key by its name", token({}, { kid: "second" }, second.privateKey)],
  ["the second key without a name", token({}, {}, second.privateKey)],
  ["several audiences with ours among them", token({ aud: ["shop", "openedx"] })],
  ["a lifetime of exactly 24 hours", token({ exp: now + 24 * HOUR })],
  ["the clock of the LMS is ahead by less than the leeway", token({ iat: now + 3 })],
  ["expired within the leeway", token({ iat: now - HOUR, exp: now - 2 })],
  ["no version", without("version")],
  ["version 1.9.3", token({ version: "1.9.3" })],
  ["a jku, x5u and jwk, which it does not follow", token({}, { jku: "http://x", x5u: "http://x", jwk: {} })],
  ["the type JWT", token({}, { typ: "JWT" })],
  ["a filter for its own learner", token({ filters: ["user:ada"] })],
  ["the filter user:me", token({ filters: ["user:me", "content_org:edX"] })],
  ["scopes", token({ scopes: ["read", "write"] })],
  ["unknown claims", token({ favourite: ["colour"] })],
])("accepts %s", async (_, given) => {
  expect(await ask(given)).toMatchObject({ username: "ada", userId: "1", isStaff: false, isSupport: false });
});

const refused: [string, string][] = [
  ["another issuer", token({ iss: "http://evil.example/oauth2" })],
  ["an issuer that only begins like ours", token({ iss: `${rules.issuer}/` })],
  ["no issuer", without("iss")],
  ["another audience", token({ aud: "shop" })],
  ["no audience", without("aud")],
  ["an expired token", token({ iat: now - 2 * HOUR, exp: now - HOUR })],
  ["no exp", without("exp")],
  ["an exp that is a string", token({ exp: String(now + HOUR) })],
  ["an exp beyond every number", signed(JSON.stringify(payload).replace(/"exp":\d+/, '"exp":1e999'))],
  ["no iat", without("iat")],
  ["an iat in the future", token({ iat: now + 60 })],
  ["not yet valid by nbf", token({ nbf: now + 60 })],
  ["a lifetime over 24 hours", token({ exp: now + 24 * HOUR + 1 })],
  ["HS256 with the RSA key in PEM as the secret", hmac(pem)],
  [
    "HS256 with the RSA key in DER as the secret",
    hmac(ours.publicKey.export({ type: "spki", format: "der" })),
  ],
  ["HS256 with an empty secret", hmac("")],
  ["alg none without a signature", `${part({ alg: "none" })}.${body}.`],
  ["alg none with a signature", token({}, { alg: "none" })],
  ["alg NONE in capitals", token({}, { alg: "NONE" })],
  ["RS384", token({}, { alg: "RS384" })],
  ["PS256", token({}, { alg: "PS256" })],
  ["no alg", token({}, { alg: undefined })],
  ["the key of a stranger", token({}, {}, stranger.privateKey)],
  ["the key of a stranger under the name of ours", token({}, { kid: "first" }, stranger.privateKey)],
  ["a stranger's key brought along as jwk", token({}, { jwk: jwk(stranger.publicKey) }, stranger.privateKey)],
  ["our second key under the name of the first", token({}, { kid: "first" }, second.privateKey)],
  ["an unknown kid", token({}, { kid: "third" })],
  ["a kid that is a path", token({}, { kid: "../../dev/null" })],
  ["a crit header that it does not know", token({}, { crit: ["exp2"], exp2: 1 })],
  ["an unencoded payload", token({}, { b64: false, crit: ["b64"] })],
  ["claims changed after signing", `${head}.${forged}.${signature}`],
  ["a header changed after signing", `${part({ alg: "RS256", kid: "first" })}.${body}.${signature}`],
  ["no signature", `${head}.${body}.`],
  ["a signature cut short", `${head}.${body}.${signature.slice(0, -4)}`],
  ["major version 2", token({ version: "2.0.0" })],
  ["major version 10", token({ version: "10.0.0" })],
  ["a version that is a number", token({ version: 1 })],
  ["a restricted application", token({ is_restricted: true })],
  ["is_restricted that is a string", token({ is_restricted: "false" })],
  ["administrator that is a string", token({ administrator: "true" })],
  ["administrator that is a number", token({ administrator: 1 })],
  ["superuser that is null", token({ superuser: null })],
  ["a user_id that is a string", token({ user_id: "1" })],
  ["a user_id of zero", token({ user_id: 0 })],
  ["a user_id with a fraction", token({ user_id: 1.5 })],
  ["no username", without("preferred_username")],
  ["an empty username", token({ preferred_username: "" })],
  ["a username that is a list", token({ preferred_username: ["ada"] })],
  ["roles that are a string", token({ roles: "support" })],
  ["the type of a refresh token", token({}, { typ: "refresh+jwt" })],
  ["an empty type", token({}, { typ: "" })],
  ["a filter for another learner", token({ filters: ["user:bob"] })],
  ["a filter for another learner beside its own", token({ filters: ["user:me", "user:bob"] })],
  ["filters that are a string", token({ filters: "user:ada" })],
  ["scopes that are a string", token({ scopes: "read write" })],
  ["a payload that is a list", signed([payload])],
  ["a payload that is not JSON", signed("invalid JSON")],
  ["more than 8 kB", token({ filler: "x".repeat(8_192) })],
  ["two parts", `${head}.${body}`],
  ["five parts, as an encrypted token has", `${head}.${body}.${signature}.${head}.${body}`],
  ["the scheme Basic", "Basic YWRhOmFkYQ=="],
  ["no scheme", ` ${token()}`],
  ["a scheme without a token", "JWT "],
  ["two tokens", `JWT ${token()} ${token()}`],
];

test.each(refused)("refuses %s", async (_, given) => {
  await expect(ask(given)).rejects.toThrow(InvalidToken);
});

test("gives the same message for every token that it rejects", async () => {
  const messages = await Promise.all(
    refused.map(([, given]) => ask(given).catch((error: Error) => error.message)),
  );
  expect(new Set(messages).size).toBe(1);
});

test.each([
  ["issuer", token({ iss: "http://evil.example/oauth2" })],
  ["audience", token({ aud: "shop" })],
  ["expired", token({ iat: now - 2 * HOUR, exp: now - HOUR })],
  ["key", token({}, {}, stranger.privateKey)],
  ["malformed", `${head}.${body}`],
  ["times", token({ iat: now + 60 })],
  ["claims", token({ scopes: "read write" })],
  ["filter", token({ filters: ["user:bob"] })],
  ["restricted", token({ is_restricted: true })],
  ["scope", token({ scopes: ["user_id", "certificates:read"] })],
])("gives operators the fault %s", async (fault, given) => {
  await expect(ask(given)).rejects.toMatchObject({ fault });
});

test("returns no actor without a header", async () => {
  expect(await verifier({})).toBeNull();
});

test.each<[string, Json, Json]>([
  ["staff from administrator", { administrator: true }, { isStaff: true, isSuperuser: false }],
  ["superusers from superuser", { superuser: true }, { isStaff: false, isSuperuser: true }],
  ["support from the configured role", { roles: ["support"] }, { isSupport: true, isService: false }],
  ["services from the configured role", { roles: ["shop"] }, { isSupport: false, isService: true }],
  ["auditors from the configured role", { roles: ["auditor"] }, { isAuditor: true, isSupport: false }],
  ["nothing from other roles", { roles: ["Support", "admin"] }, { isSupport: false, isService: false }],
  ["no user id where the token has none", { user_id: undefined }, { userId: null, username: "ada" }],
])("reads %s", async (_, claims, actor) => {
  expect(await ask(token(claims))).toMatchObject(actor);
});

test.each([
  ["reads and writes", undefined, false],
  ["reads and writes", ["user_id", "email", "profile"], false],
  ["reads and writes", ["user_id", "email", "profile", "read", "write"], false],
  ["reads and writes", ["grades:read", "write"], false],
  ["only reads", ["read"], true],
  ["only reads", ["user_id", "email", "read", "grades:write"], true],
])("%s with the scopes %j", async (_, scopes, isReadOnly) => {
  expect((await ask(token({ scopes })))!.isReadOnly ?? false).toBe(isReadOnly);
});

test("a restricted application only reads, unless it has the scope write", async () => {
  const open = { ...rules, restrictedApplications: true };
  expect(await ask(token({ is_restricted: true }), open)).toMatchObject({ isReadOnly: true });
  const writing = token({ is_restricted: true, scopes: ["write"] });
  expect(await ask(writing, open)).not.toHaveProperty("isReadOnly");
});

test("accepts a restricted application where the configuration allows it", async () => {
  const actor = await ask(token({ is_restricted: true }), { ...rules, restrictedApplications: true });
  expect(actor).toMatchObject({ username: "ada" });
});

test("remembers a token only until it expires", async () => {
  const remembering = tokenVerifier(rules);
  const exp = Math.floor(Date.now() / 1000) + 1;
  const headers = { authorization: `JWT ${token({ exp })}` };
  const actor = await remembering(headers);
  expect(await remembering(headers)).toBe(actor);
  jest.useFakeTimers({ now: (exp + 6) * 1000, doNotFake: ["setImmediate", "nextTick"] });
  await expect(remembering(headers)).rejects.toThrow(InvalidToken);
  jest.useRealTimers();
});

test.each([{ alg: "RS384" }, { use: "enc" }, { key_ops: ["encrypt"] }])(
  "a key that is not for the signatures of tokens verifies none, from whichever source it is: %j",
  async (members) => {
    const set = { keys: [{ ...jwk(stranger.publicKey), ...members }, jwk(ours.publicKey)] };
    expect(signingKeys(set)).toHaveLength(1);
    expect(await fixedKeys(set).current()).toEqual(signingKeys(set));
  },
);
