import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { checkFiles } from "../src/compose/files";
import { ConfigError, loadConfig } from "../src/config";
import { schema } from "./support/demo-app";

const N = "AQAB".repeat(90); // of a key with enough bits, which nobody has
const JWT_JWK_SET = `{"keys":[{"kty":"RSA","n":"${N}","e":"AQAB"}]}`;
const production = {
  NODE_ENV: "production",
  DATABASE_URL: "postgres://user:secret@db.example.org/entitlements",
  JWT_JWK_SET,
  JWT_ISSUER: "https://lms.example.org/oauth2",
};

function faults(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message.split("\n");
  }
}

test("development needs no settings", () => {
  expect(loadConfig({})).toMatchObject({
    isProduction: false,
    host: "127.0.0.1",
    port: 4000,
    databaseUrl: undefined,
    migrationDatabaseUrl: undefined,
    dataDir: ".data",
    explorers: true,
    shutdownDelayMs: 0,
    defaultPeriods: {
      expirationMs: 730 * 86_400_000,
      refundMs: 60 * 86_400_000,
      regainMs: 14 * 86_400_000,
    },
  });
});

test("by default, production listens on every address, has no explorers, and stops slowly enough for load balancers", () => {
  expect(loadConfig(production)).toMatchObject({
    isProduction: true,
    host: "0.0.0.0",
    explorers: false,
    shutdownDelayMs: 2_500,
  });
  expect(loadConfig({ ...production, EXPLORERS: "on", SHUTDOWN_DELAY_MS: "10" })).toMatchObject({
    explorers: true,
    shutdownDelayMs: 10,
  });
});

test("production has no development database and no development key", () => {
  expect(faults({ NODE_ENV: "production" })).toEqual([
    "DATABASE_URL: must be set when NODE_ENV is production",
    "JWT_JWK_SET: must be set when NODE_ENV is production, or else JWT_JWK_SET_URL: one of them",
    "JWT_ISSUER: must be set when NODE_ENV is production",
  ]);
});

test("the role that owns the tables is given beside the one that serves, never alone", () => {
  const MIGRATION_DATABASE_URL = "postgres://owner:secret@db.example.org/entitlements";
  expect(faults({ MIGRATION_DATABASE_URL })).toEqual(["MIGRATION_DATABASE_URL: needs DATABASE_URL"]);
  expect(faults({ MIGRATION_DATABASE_URL, DATABASE_URL: production.DATABASE_URL })).toEqual([]);
});

test.each(["a, b", "[]", '["a", ""]', '["a", 1]', '{"a": "b"}'])(
  "the salts of retired usernames are a JSON list of texts, and %s is none",
  (RETIRED_USER_SALTS) => {
    expect(faults({ RETIRED_USER_SALTS })).toEqual([
      'RETIRED_USER_SALTS: must be a JSON list of texts, such as ["old", "new"]',
    ]);
  },
);

test("a salt can hold any character, and no retired username is made without a place for its hash", () => {
  const { retirement } = loadConfig({ RETIRED_USER_SALTS: '["a, b", " \\" "]' });
  expect(retirement).toEqual({ salts: ["a, b", ' " '], format: "retired__user_{}" });
  for (const format of ["retired", "{}{}", "a b{}", "{}{x}", `${"a".repeat(91)}{}`])
    expect(faults({ RETIRED_USERNAME_FORMAT: format })).toEqual([
      expect.stringMatching(
        /^RETIRED_USERNAME_FORMAT: must be what a username may be, with \{\} for the hash/,
      ),
    ]);
});

test("the keys of tokens come from a setting or from a URL, never from both", () => {
  const JWT_JWK_SET_URL = "https://lms.example/keys.json";
  const byUrl = loadConfig({ ...production, JWT_JWK_SET: "", JWT_JWK_SET_URL });
  expect(byUrl.token).toMatchObject({ jwkSet: undefined, jwkSetUrl: JWT_JWK_SET_URL, isOurs: false });
  expect(loadConfig(production).token).toMatchObject({ jwkSetUrl: undefined, isOurs: false });
  expect(loadConfig({}).token.isOurs).toBe(true);
  for (const both of [
    { ...production, JWT_JWK_SET_URL },
    { ...production, JWT_JWK_SET_URL, NODE_ENV: "" },
  ])
    expect(faults(both)).toEqual(["JWT_JWK_SET: must not be set beside JWT_JWK_SET_URL: only one of them"]);
});

test.each([
  "{}",
  '{"keys":[]}',
  '{"keys":[{"kty":"RSA","kid":"a"}]}',
  '{"keys":[{"kty":"RSA","n":"!!!","e":"AQAB"}]}',
  '{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}',
  `{"keys":[{"kty":"RSA","n":"${N}","e":"AQAB"},{"kty":"RSA","n":"${N}"}]}`,
  `{"keys":[{"kty":"RSA","n":"${N}","e":"AQAB","kid":1}]}`,
])("a key with which no token can be checked is a fault of the settings: %s", (JWT_JWK_SET) => {
  expect(faults({ JWT_JWK_SET })).toEqual([
    'JWT_JWK_SET: must be a JSON object with an array of RSA public keys of at least 2048 bits under "keys"',
  ]);
});

test.each(["lms.example/keys.json", "ftp://lms.example/keys.json", "file:///keys.json"])(
  "keys are not fetched from %s",
  (JWT_JWK_SET_URL) =>
    expect(faults({ JWT_JWK_SET_URL })).toEqual(["JWT_JWK_SET_URL: must be a URL of http or https"]),
);

/** Settings with one address each, and what else makes it used. */
const ADDRESSES = ["JWT_JWK_SET_URL", "REFUND_WEBHOOK_URL", "OAUTH_TOKEN_URL"];
const BASE_ADDRESSES = ["LMS_URL", "DISCOVERY_URL", "COORDINATOR_URL", "FAULT_PLAN_URL"];
const addressFaults = (name: string, url: string) =>
  faults({ [name]: url }).filter(
    (line) => line.startsWith(name) && !line.includes("needs") && !line.includes("set"),
  );

test.each([...ADDRESSES, ...BASE_ADDRESSES])("no request can be sent to these addresses as %s", (name) => {
  for (const [url, fault] of [
    ["https://us:secret@host.example/a", "holds a user name or a password"],
    ["https://host.example:6000/a", "has the port of another protocol, to which nothing is sent"],
    ["https://host.example/a#b", "holds a fragment, which is never sent"],
  ] as const)
    expect(addressFaults(name, url)[0]).toBe(`${name}: ${fault}`);
  expect(addressFaults(name, "https://host.example:8443/a")).toEqual([]);
});

test("an address to which paths are added has no query, not even an empty one", () => {
  for (const name of BASE_ADDRESSES)
    for (const end of ["?a=b", "?", "#"])
      expect(addressFaults(name, `https://host.example/${end}`)).toEqual([
        `${name}: holds a query or a fragment, to which no path can be added`,
      ]);
  for (const name of ADDRESSES) expect(addressFaults(name, "https://host.example/?a=b")).toEqual([]);
});

test.each([
  { alg: "RS384" },
  { alg: "PS256" },
  { alg: "RSA-OAEP", use: "enc" },
  { use: "enc" },
  { key_ops: ["encrypt"] },
])(
  "a set of keys of which none is for the signatures of tokens is a fault of the settings: %j",
  (members) => {
    const key = { kty: "RSA", n: N, e: "AQAB" };
    const set = (...keys: object[]) => ({ JWT_JWK_SET: JSON.stringify({ keys }) });
    expect(faults(set({ ...key, ...members }))).toEqual([
      "JWT_JWK_SET: holds no key for signatures by RS256 or RS512: see alg, use and key_ops of its keys",
    ]);
    expect(faults(set({ ...key, ...members }, key))).toEqual([]);
  },
);

test.each(["abcdefghijklmnop ", " abcdefghijklmnop", "abcd\tefghijklmnopq", "ключключключключ", "short"])(
  "a token that no header can carry as it stands opens no metrics: %j",
  (METRICS_TOKEN) => {
    expect(faults({ METRICS_TOKEN })).toEqual([
      "METRICS_TOKEN: must be at least 16 characters of ASCII, with no blank at an end",
    ]);
    expect(faults({ METRICS_TOKEN: "!abcdefghijklmn~" })).toEqual([]);
  },
);

test("production refuses the embedded shop, which refunds nothing", () => {
  expect(faults({ ...production, REFUND_SHOP: "embedded" })).toEqual([
    "REFUND_SHOP: must not be embedded when NODE_ENV is production, because that shop refunds nothing",
  ]);
  expect(loadConfig({ REFUND_SHOP: "embedded" }).refund.shop).toBe("embedded");
});

test("production makes no refunds until a shop is configured, and names missing settings", () => {
  expect(loadConfig({}).refund.shop).toBe("embedded");
  expect(loadConfig(production).refund.shop).toBe("none");
  expect(faults({ REFUND_SHOP: "coordinator" })).toEqual([
    "COORDINATOR_URL: must be set when REFUND_SHOP is coordinator",
  ]);
  expect(faults({ OAUTH_CLIENT_ID: "us" })).toEqual([
    "OAUTH_TOKEN_URL: needs OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET, and they need it",
  ]);
  expect(loadConfig({ REFUND_SHOP: "coordinator", COORDINATOR_URL: "https://shop.example/" }).refund).toEqual(
    {
      shop: "coordinator",
      isHandled: true,
      deadlineMs: 5_000,
      coordinatorUrl: "https://shop.example",
      isKeyed: false,
      webhook: { url: "", secret: "" },
    },
  );
});

test("a shop of one's own is configured by its address and a secret", () => {
  const REFUND_WEBHOOK_URL = "https://shop.example/refunds";
  const REFUND_WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, "k").toString("base64")}`;
  const shop = { REFUND_SHOP: "webhook", REFUND_WEBHOOK_URL, REFUND_WEBHOOK_SECRET };
  expect(loadConfig(shop).refund).toMatchObject({
    shop: "webhook",
    isHandled: true,
    webhook: { url: REFUND_WEBHOOK_URL, secret: REFUND_WEBHOOK_SECRET },
  });
  const needsUrl = "REFUND_WEBHOOK_URL: must be set when REFUND_SHOP is webhook";
  const goTogether = "REFUND_WEBHOOK_SECRET: goes together with REFUND_WEBHOOK_URL";
  expect(faults({ REFUND_SHOP: "webhook" })).toEqual([needsUrl]);
  expect(faults({ ...shop, REFUND_WEBHOOK_URL: "" })).toEqual([needsUrl, goTogether]);
  expect(faults({ ...shop, REFUND_WEBHOOK_SECRET: "" })).toEqual([goTogether]);
  for (const secret of ["whsec_c2hvcnQ=", Buffer.alloc(24, "k").toString("base64"), "whsec_?"])
    expect(faults({ ...shop, REFUND_WEBHOOK_SECRET: secret })).toEqual([
      "REFUND_WEBHOOK_SECRET: must be whsec_ and at least 24 bytes in base64",
    ]);
});

const lms = {
  LMS_URL: "https://lms.example/",
  DISCOVERY_URL: "https://discovery.example",
  OAUTH_CLIENT_ID: "us",
  OAUTH_CLIENT_SECRET: "secret",
};

test("the LMS and course-discovery are configured together, with a client that gets its token from the LMS", () => {
  expect(loadConfig({}).lms).toBeUndefined();
  expect(loadConfig(lms)).toMatchObject({
    lms: {
      url: "https://lms.example",
      discoveryUrl: "https://discovery.example",
      deadlineMs: 5_000,
      callsPerMinute: 60,
      entitlements: undefined,
    },
    oauth: {
      tokenUrl: "https://lms.example/oauth2/access_token",
      clientId: "us",
      clientSecret: "secret",
    },
  });
  const OAUTH_TOKEN_URL = "https://login.example/token";
  expect(loadConfig({ ...lms, OAUTH_TOKEN_URL }).oauth).toMatchObject({ tokenUrl: OAUTH_TOKEN_URL });
});

test("what the LMS needs is named when it is missing", () => {
  const without = (name: keyof typeof lms) =>
    faults({ ...lms, [name]: "" }).map((line) => line.split(":")[0]);
  expect(without("LMS_URL")).toEqual(["OAUTH_TOKEN_URL", "LMS_URL"]);
  expect(without("DISCOVERY_URL")).toEqual(["DISCOVERY_URL"]);
  expect(without("OAUTH_CLIENT_ID")).toEqual(["OAUTH_CLIENT_ID"]);
  expect(without("OAUTH_CLIENT_SECRET")).toEqual(["OAUTH_CLIENT_ID"]);
});

test("production with an LMS says why the LMS refunds nothing by itself", () => {
  const [line, ...others] = faults({ ...production, ...lms });
  expect(line).toMatch(/^LMS_ENTITLEMENTS: must be set when NODE_ENV is production and LMS_URL is set: /);
  expect(others).toEqual([]);
  expect(loadConfig({ ...production, ...lms, LMS_ENTITLEMENTS: "empty" }).lms).toMatchObject({
    entitlements: "empty",
  });
});

test("frontends on other hosts are named by their origins", () => {
  expect(loadConfig({}).corsOrigins).toEqual([]);
  const { corsOrigins } = loadConfig({ CORS_ORIGINS: "https://apps.example.org, http://localhost:1996" });
  expect(corsOrigins).toEqual(["https://apps.example.org", "http://localhost:1996"]);
});

test.each([
  "*",
  "apps.example.org",
  "https://apps.example.org/",
  "https://*.example.org",
  "https://a.b,,",
  "https://a.example:443",
  "http://a.example:80",
  "https://a.example:99999",
])("an origin is not %s", (CORS_ORIGINS) => {
  const fault = "CORS_ORIGINS: must be origins like https://apps.example.org, separated by commas";
  expect(() => loadConfig({ CORS_ORIGINS })).toThrow(new ConfigError(fault));
});

test("an empty or blank setting counts as not set", () => {
  expect(loadConfig({ PORT: "", DATABASE_URL: " " })).toEqual(loadConfig({}));
});

test("all faults of the settings are reported together, one line each", () => {
  const names = faults({ PORT: "x", LOG_LEVEL: "loud", JWT_JWK_SET: "{}", EXPLORERS: "yes" });
  expect(names.map((line) => line.split(":")[0])).toEqual(["PORT", "LOG_LEVEL", "JWT_JWK_SET", "EXPLORERS"]);
});

/** Each of these settings alone is a fault: malformed, missing, or in contradiction to another setting. */
const FAULTY: Record<string, NodeJS.ProcessEnv> = {
  PORT: { PORT: "99999" },
  LOG_LEVEL: { LOG_LEVEL: "loud" },
  JWT_COOKIES: { JWT_COOKIES: "maybe" },
  SITE_DOMAIN: { SITE_DOMAIN: "https://courses.example.org" },
  PAID_MODES: { PAID_MODES: "verified;audit" },
  METRICS_TOKEN: { METRICS_TOKEN: "short" },
  DATABASE_URL: { DATABASE_URL: "" },
  JWT_JWK_SET: { JWT_JWK_SET: "" },
  JWT_ISSUER: { JWT_ISSUER: "" },
  COORDINATOR_URL: { REFUND_SHOP: "coordinator" },
  OAUTH_TOKEN_URL: { OAUTH_CLIENT_ID: "us" },
  LMS_DEADLINE_MS: { LMS_DEADLINE_MS: "soon" },
  LMS_URL: { DISCOVERY_URL: "https://discovery.example" },
};

test("a file that cannot be read is a fault of its setting, told together with all others", () => {
  const missing = "/nowhere/file";
  const env = {
    PORT: "99999",
    TRUSTED_DOCUMENTS: missing,
    CONSOLE_BRAND_CSS: ".",
    HISTORY_ORIGIN: "a b",
    HISTORY_SIGNING_KEY_FILE: missing,
    DATABASE_URL: `postgres://db/x?sslrootcert=${missing}&sslcert=package.json&sslkey=${missing}`,
  };
  expect(faults(env).map((fault) => fault.replace(/(?<=must be).*/, ""))).toEqual([
    "PORT: must be",
    "DATABASE_URL: the file of sslrootcert cannot be read (ENOENT)",
    "DATABASE_URL: the file of sslkey cannot be read (ENOENT)",
    "TRUSTED_DOCUMENTS: cannot be read (ENOENT)",
    "CONSOLE_BRAND_CSS: cannot be read (EISDIR)",
    "HISTORY_ORIGIN: must be",
    "HISTORY_SIGNING_KEY_FILE: cannot be read (ENOENT)",
  ]);
});

test("what the files of the settings hold is checked at once, before anything uses them", () => {
  const no = "package.json"; // which is neither a key nor a manifest
  const folder = mkdtempSync(join(tmpdir(), "config-"));
  const brand = join(folder, "long.css");
  writeFileSync(brand, " ".repeat(1_000_001));
  const config = loadConfig({
    TRUSTED_DOCUMENTS: no,
    CONSOLE_BRAND_CSS: brand,
    HISTORY_ORIGIN: "a",
    HISTORY_SIGNING_KEY_FILE: no,
  });
  expect(() => checkFiles(config, schema)).toThrow(
    /^TRUSTED_DOCUMENTS: is not .*\nCONSOLE_BRAND_CSS: has more than 1 MB\nHISTORY_SIGNING_KEY_FILE: cannot be used .*$/,
  );
  rmSync(folder, { recursive: true });
  expect(() => checkFiles(loadConfig({}), schema)).not.toThrow();
});

test("any set of faulty settings is reported completely", () => {
  fc.assert(
    fc.property(fc.subarray(Object.keys(FAULTY)), (names) => {
      const env = Object.assign({}, production, ...names.map((name) => FAULTY[name])) as NodeJS.ProcessEnv;
      const told = faults(env).map((line) => line.split(":")[0]!);
      expect(told.toSorted()).toEqual(names.toSorted());
    }),
  );
});

test("production does not trust the development key", () => {
  const JWT_JWK_SET = `{"keys":[{"kty":"RSA","kid":"development","n":"${N}","e":"AQAB"}]}`;
  expect(loadConfig({ JWT_JWK_SET }).token.isOurs).toBe(false);
  expect(faults({ ...production, JWT_JWK_SET })).toEqual([
    'JWT_JWK_SET: holds the key "development", which production does not trust',
  ]);
});

test.each(["x", "-1", "1.5", "1e3", "65536", "4000 "])("a port is not %s", (PORT) => {
  expect(faults({ PORT })).toEqual(["PORT: must be a whole number from 0 to 65535"]);
});

test.each([
  "mysql://user:secret@host/db",
  "host=localhost password=secret",
  "postgres://user:sec/ret@host/db",
  "postgres://user:sec#ret@host/db",
  "postgres://user:secret%zz@host/db",
  "postgres://user:secret@host:99999/db",
])("an unusable DATABASE_URL is refused in one line that does not repeat it (%#)", (DATABASE_URL) => {
  const [line, ...others] = faults({ DATABASE_URL });
  expect(line).toMatch(/^DATABASE_URL: must be postgres:\/\//);
  expect(line).not.toMatch(/secret|sec|ret@/);
  expect(others).toEqual([]);
});

test("the configuration cannot be changed", () => {
  expect(Object.isFrozen(loadConfig({}))).toBe(true);
});

test.each(["client_encoding=LATIN1", "query_timeout=0", "binary=true", "replication=database"])(
  "a DATABASE_URL with an option that the server sets itself is refused: %s",
  (parameter) => {
    const load = () => loadConfig({ DATABASE_URL: `postgres://ce@127.0.0.1/ce?${parameter}` });
    expect(load).toThrow(/^DATABASE_URL: must not set .*, as the server sets them itself$/);
  },
);

test("events of the LMS are followed only beside an LMS, and their secret is long", () => {
  const EVENTS_SECRET = "0123456789abcdef0123456789abcdef";
  expect(faults({ EVENTS_SECRET })).toEqual([
    "LMS_URL: must be set when EVENTS_SECRET or EVENTS_REDIS_URL is set: events only tell what to ask the LMS for",
  ]);
  expect(faults({ EVENTS_SECRET: "short" })[0]).toMatch(/^EVENTS_SECRET: must be at least 32 letters/);
});
