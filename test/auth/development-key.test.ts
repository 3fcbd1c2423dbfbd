import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEVELOPMENT_KEY_ID, developmentJwkSet, developmentTokens } from "../../src/auth/development-key";
import { fixedKeys } from "../../src/auth/keys";
import { tokenVerifier } from "../../src/auth/verify-token";
import { ConfigError, loadConfig } from "../../src/config";
import { actor } from "../support/demo-app";

const dataDir = mkdtempSync(join(tmpdir(), "development-key-"));
const { token: settings } = loadConfig({});
afterAll(() => rmSync(dataDir, { recursive: true }));

const verifierAfterRestart = () =>
  tokenVerifier({ ...settings, keys: fixedKeys(developmentJwkSet(dataDir)) });

test("a learner, a support agent, a staff member and a service get tokens that stay valid over a restart", async () => {
  const tokens = await developmentTokens(dataDir, settings);
  const verify = verifierAfterRestart();
  const actors = await Promise.all(tokens.map(({ token }) => verify({ authorization: `JWT ${token}` })));
  expect(actors).toEqual([
    actor("ada"),
    actor("grace", { isSupport: true }),
    actor("hopper", { isStaff: true }),
    actor("shop", { isService: true }),
    actor("bob"),
  ]);
});

test("only the owner can read the key, and no other file is left beside it", () => {
  developmentJwkSet(dataDir);
  const files = readdirSync(dataDir);
  expect(files).toHaveLength(1);
  expect(statSync(join(dataDir, files[0]!)).mode & 0o777).toBe(0o600);
});

test("two installations have different keys", () => {
  const other = join(dataDir, "deep", "other");
  expect(developmentJwkSet(other)).not.toEqual(developmentJwkSet(dataDir));
  expect(existsSync(other)).toBe(true);
  rmSync(join(dataDir, "deep"), { recursive: true });
});

test("the published key set holds no private part", () => {
  expect(Object.keys(developmentJwkSet(dataDir).keys[0]!).sort()).toEqual(["e", "kid", "kty", "n"]);
});

test("production refuses to start with a development key", () => {
  const start = () =>
    loadConfig({
      NODE_ENV: "production",
      DATABASE_URL: "postgres://localhost/x",
      JWT_JWK_SET: JSON.stringify(developmentJwkSet(dataDir)),
    });
  expect(start).toThrow(ConfigError);
  expect(start).toThrow(`JWT_JWK_SET: holds the key "${DEVELOPMENT_KEY_ID}"`);
});
