import { createPublicKey, hash, type JsonWebKey, type KeyObject } from "node:crypto";
import { decodeProtectedHeader, jwtVerify } from "jose";
import type { Actor } from "./actor";
import { actorOf, readClaims, type Roles } from "./claims";

/** Which tokens are let in. */
export interface TokenRules extends Roles {
  jwkSet: { keys: readonly object[] };
  issuer: string;
  audience: string;
  /** Whether tokens of restricted OAuth applications are let in. */
  restrictedApplications: boolean;
}

/** A token that is not let in. It never says why, so that nobody can feel their way to a token that is. */
export class InvalidToken extends Error {
  constructor() {
    super("The token is missing, invalid or expired.");
  }
}

const ALGORITHMS = ["RS256", "RS512"];
const LEEWAY_S = 5;
const LIFETIME_AT_MOST_S = 24 * 60 * 60;
const LENGTH_AT_MOST = 8_192;
const REMEMBERED_AT_MOST = 10_000;

interface Key {
  kid: unknown;
  alg: unknown;
  public: KeyObject;
}

interface Verified {
  actor: Actor;
  /** Unix time in seconds. */
  until: number;
}

/** Reads an Authorization header: the actor, or null without one. Rejects with InvalidToken, whatever is wrong. */
export type TokenVerifier = (header: string | undefined) => Promise<Actor | null>;

/** A verifier that remembers, until they expire, the tokens that it has let in lately. */
export function tokenVerifier(rules: TokenRules): TokenVerifier {
  const keys = rules.jwkSet.keys.map(readKey);
  const remembered = new Map<string, Verified>();
  return async (header) => {
    if (header === undefined) return null;
    const token = /^(?:JWT|Bearer) ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header)?.[1];
    if (token === undefined || token.length > LENGTH_AT_MOST) throw new InvalidToken();
    const digest = hash("sha256", token, "base64");
    const known = remembered.get(digest);
    remembered.delete(digest);
    const now = Date.now() / 1000;
    const verified = known && known.until > now ? known : await verify(token, keys, rules, now);
    remembered.set(digest, verified); // at the end: the first in line is the one unused for longest
    if (remembered.size > REMEMBERED_AT_MOST) remembered.delete(remembered.keys().next().value!);
    return verified.actor;
  };
}

/** Only the key itself is read from a JWK: no URL and no certificate in it is followed. */
function readKey(jwk: object): Key {
  const { kid, alg } = jwk as Record<string, unknown>;
  return { kid, alg, public: createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }) };
}

async function verify(token: string, keys: Key[], rules: TokenRules, now: number): Promise<Verified> {
  for (const key of candidates(token, keys)) {
    const payload = await signedPayload(token, key, rules);
    if (payload === null) continue;
    const claims = claimsOrRefusal(payload);
    const isTimely = claims.iat <= now + LEEWAY_S && claims.exp - claims.iat <= LIFETIME_AT_MOST_S;
    if (!isTimely || (claims.is_restricted && !rules.restrictedApplications)) break;
    return { actor: actorOf(claims, rules), until: claims.exp + LEEWAY_S };
  }
  throw new InvalidToken();
}

/** The keys that may have signed it: all of them, unless token and key name themselves and the names differ. */
function candidates(token: string, keys: Key[]): Key[] {
  try {
    const { kid, alg } = decodeProtectedHeader(token);
    return keys.filter(
      (key) =>
        (kid === undefined || key.kid === undefined || key.kid === kid) &&
        (key.alg === undefined || key.alg === alg),
    );
  } catch {
    return [];
  }
}

async function signedPayload(token: string, key: Key, rules: TokenRules): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, key.public, {
      algorithms: ALGORITHMS,
      issuer: rules.issuer,
      audience: rules.audience,
      clockTolerance: LEEWAY_S,
      requiredClaims: ["exp", "iat"],
    });
    return payload;
  } catch {
    return null;
  }
}

function claimsOrRefusal(payload: unknown) {
  try {
    return readClaims(payload);
  } catch {
    throw new InvalidToken();
  }
}
