import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { SignJWT } from "jose";
import { keptKey } from "../store/kept-key";
import type { Roles } from "./claims";

/** The key id of every development key. Production refuses keys with this id. */
export const DEVELOPMENT_KEY_ID = "development";

const LIFETIME_S = 24 * 60 * 60;

/** The accounts of the demo world that get development tokens. */
const PEOPLE = [
  { part: "learner", userId: 1, username: "ada" },
  { part: "support", userId: 2, username: "grace" },
  { part: "staff", userId: 3, username: "hopper" },
  { part: "service", userId: 5, username: "shop" },
  { part: "learner", userId: 4, username: "bob" },
] as const;

/** An account of the demo world with a token that is valid for 24 hours. */
export interface DevelopmentToken {
  /** The role of the account, in words. */
  part: (typeof PEOPLE)[number]["part"];
  username: string;
  /** The signed token. */
  token: string;
}

/** The public part of the development key of a data directory, for the verifier. */
export function developmentJwkSet(dataDir: string): { keys: object[] } {
  const { kty, n, e } = developmentKey(dataDir).export({ format: "jwk" });
  return { keys: [{ kty, n, e, kid: DEVELOPMENT_KEY_ID }] };
}

/** Tokens for the accounts of the demo world: of each part one, and of another learner. */
export async function developmentTokens(
  dataDir: string,
  rules: Pick<Roles, "supportRole" | "serviceRole"> & { issuer: string; audience: string },
): Promise<DevelopmentToken[]> {
  const key = developmentKey(dataDir);
  const now = Math.floor(Date.now() / 1000);
  const roles = { learner: [], support: [rules.supportRole], staff: [], service: [rules.serviceRole] };
  return Promise.all(
    PEOPLE.map(async ({ part, userId, username }) => ({
      part,
      username,
      token: await new SignJWT({
        preferred_username: username,
        user_id: userId,
        administrator: part === "staff",
        superuser: false,
        roles: roles[part],
        version: "1.2.0",
      })
        .setProtectedHeader({ alg: "RS256", kid: DEVELOPMENT_KEY_ID })
        .setIssuer(rules.issuer)
        .setAudience(rules.audience)
        .setIssuedAt(now)
        .setExpirationTime(now + LIFETIME_S)
        .sign(key),
    })),
  );
}

/** Created at the first use and kept, so that tokens stay valid after a restart; each installation has its own. */
function developmentKey(dataDir: string): KeyObject {
  const make = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  return createPrivateKey(keptKey(join(dataDir, "development-key.pem"), make));
}
