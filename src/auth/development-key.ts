import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SignJWT } from "jose";
import type { Roles } from "./claims";

/** The name of every development key, by which production knows and refuses it. */
export const DEVELOPMENT_KEY_ID = "development";

const LIFETIME_S = 24 * 60 * 60;

/** The people of the demo world that development tokens are made for. */
const PEOPLE = [
  { part: "learner", userId: 1, username: "ada", isStaff: false },
  { part: "support", userId: 2, username: "grace", isStaff: false },
  { part: "staff", userId: 3, username: "hopper", isStaff: true },
] as const;

/** A person of the demo world and a token that lets them in for 24 hours. */
export interface DevelopmentToken {
  part: (typeof PEOPLE)[number]["part"];
  username: string;
  token: string;
}

/** The public half of the development key of a data directory, for the verifier. */
export function developmentJwkSet(dataDir: string): { keys: object[] } {
  const { kty, n, e } = developmentKey(dataDir).export({ format: "jwk" });
  return { keys: [{ kty, n, e, kid: DEVELOPMENT_KEY_ID }] };
}

/** Tokens for a learner, a support agent and a staff member of the demo world. */
export async function developmentTokens(
  dataDir: string,
  rules: Pick<Roles, "supportRole"> & { issuer: string; audience: string },
): Promise<DevelopmentToken[]> {
  const key = developmentKey(dataDir);
  const now = Math.floor(Date.now() / 1000);
  return Promise.all(
    PEOPLE.map(async ({ part, userId, username, isStaff }) => ({
      part,
      username,
      token: await new SignJWT({
        preferred_username: username,
        user_id: userId,
        administrator: isStaff,
        superuser: false,
        roles: part === "support" ? [rules.supportRole] : [],
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

/** Made on first use and kept, so that tokens stay valid over restarts; no two installations share one. */
function developmentKey(dataDir: string): KeyObject {
  const path = join(dataDir, "development-key.pem");
  try {
    return createPrivateKey(readFileSync(path));
  } catch {
    mkdirSync(dataDir, { recursive: true });
    const draft = `${path}.${process.pid}`;
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(draft, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    chmodSync(draft, 0o600);
    try {
      linkSync(draft, path); // fails when another process was first; then its key is the one
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(draft);
    }
    return createPrivateKey(readFileSync(path));
  }
}
