import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { developmentJwkSet } from "../../src/auth/development-key";
import { fixedKeys } from "../../src/auth/keys";
import { tokenVerifier } from "../../src/auth/verify-token";
import { loadConfig } from "../../src/config";
import { actor, ada, grace } from "../support/demo-app";
import { JWT_JWK_SET, PRODUCTION } from "../support/http";
import { runToEnd } from "../support/server-process";

const DATA_DIR = mkdtempSync(join(tmpdir(), "token-"));
afterAll(() => rmSync(DATA_DIR, { recursive: true }));

const token = (args: string[], env: Record<string, string> = {}) =>
  runToEnd("dist/src/cli/token.js", { DATA_DIR, ...env }, args);

test.each([ada, actor("bob"), grace, actor("hopper", { isStaff: true }), actor("shop", { isService: true })])(
  "a token for $username is printed alone, and a server on the same folder accepts it",
  async (expected) => {
    const { status, stdout, stderr } = await token(["--as", expected.username]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const verify = tokenVerifier({ ...loadConfig({}).token, keys: fixedKeys(developmentJwkSet(DATA_DIR)) });
    expect(await verify({ authorization: `Bearer ${stdout.trim()}` })).toEqual(expected);
  },
);

test.each<[string, string[], Record<string, string>, string]>([
  ["no account is named", [], {}, "--as: must be one of ada, grace, hopper, shop, bob\n"],
  ["no account has the name", ["--as", "eve"], {}, "--as: must be one of ada, grace, hopper, shop, bob\n"],
  [
    "NODE_ENV is production",
    ["--as", "ada"],
    PRODUCTION,
    "NODE_ENV: tokens of the demo world cannot be made in production\n",
  ],
  [
    "the server trusts other keys",
    ["--as", "ada"],
    { JWT_JWK_SET },
    "JWT_JWK_SET: must not be set, nor JWT_JWK_SET_URL, as the server then trusts other keys\n",
  ],
])("no token is made when %s", async (_why, args, env, stderr) => {
  expect(await token(args, env)).toEqual({ status: 1, stdout: "", stderr });
});
