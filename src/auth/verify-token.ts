import { hash } from "node:crypto";
import { decodeProtectedHeader, errors, jwtVerify, type JWTHeaderParameters, type JWTPayload } from "jose";
import type { Actor } from "./actor";
import { actorOf, areFiltersMet, areScopesMet, readClaims, type Roles } from "./claims";
import { ALGORITHMS, type Key, type Keys, type KeySource } from "./keys";
import { tokenOf, type Credentials } from "./request-token";

/** The rules by which tokens are accepted. */
export interface TokenRules extends Roles {
  keys: KeySource;
  issuer: string;
  audience: string;
  /** Whether tokens of restricted OAuth applications are accepted. */
  restrictedApplications: boolean;
  /** Whether browsers may send the token in the cookies of the LMS. */
  cookies: boolean;
}

/** Why a token is not accepted, for operators: a word for the log and a label of the metrics. */
export type TokenFault =
  | "malformed"
  | "issuer"
  | "audience"
  | "key"
  | "expired"
  | "times"
  | "claims"
  | "filter"
  | "scope"
  | "restricted";

/** A token that is not accepted. The message never gives the reason, which would help an attacker. */
export class InvalidToken extends Error {
  constructor(readonly fault: TokenFault) {
    super("The token is missing, invalid or expired.");
  }
}

const LEEWAY_S = 5;
/** The longest life of a token, from its issue, in seconds. */
export const LIFETIME_AT_MOST_S = 24 * 60 * 60;
/** The longest token, in characters. */
export const LENGTH_AT_MOST = 8_192;
const REMEMBERED_AT_MOST = 10_000;

interface Verified {
  actor: Actor;
  /** Unix time in seconds. */
  until: number;
  /** The keys at the time of the verification: after a change, the token is verified again. */
  keys: Keys;
}

/**
 * Reads the headers of a request and returns the actor, or null without a token. Rejects with InvalidToken for every
 * fault of the token, and with KeysUnavailable when the token cannot be checked.
 */
export type TokenVerifier = (headers: Credentials) => Promise<Actor | null>;

/** A verifier that remembers accepted tokens until they expire or the keys change. */
export function tokenVerifier(rules: TokenRules): TokenVerifier {
  const remembered = new Map<string, Verified>();
  return async (headers) => {
    const token = tokenOf(headers, rules.cookies);
    if (token === null) return null;
    if (token.length > LENGTH_AT_MOST || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
      throw new InvalidToken("malformed");
    const keys = await rules.keys.current();
    const digest = hash("sha256", token, "base64");
    const known = remembered.get(digest);
    remembered.delete(digest);
    const now = Date.now() / 1000;
    const isStillGood = known && known.until > now && known.keys === keys;
    const verified = isStillGood ? known : await verify(token, keys, rules, now);
    remembered.set(digest, verified); // at the end, so that the first entry is the least recently used one
    if (remembered.size > REMEMBERED_AT_MOST) remembered.delete(remembered.keys().next().value!);
    return verified.actor;
  };
}

async function verify(token: string, known: Keys, rules: TokenRules, now: number): Promise<Verified> {
  const { payload, keys } = await signedPayload(token, known, rules);
  const claims = claimsOrRefusal(payload);
  const isTimely = claims.iat <= now + LEEWAY_S && claims.exp - claims.iat <= LIFETIME_AT_MOST_S;
  if (!areFiltersMet(claims)) throw new InvalidToken("filter");
  if (!areScopesMet(claims)) throw new InvalidToken("scope");
  if (!isTimely) throw new InvalidToken("times");
  if (claims.is_restricted && !rules.restrictedApplications) throw new InvalidToken("restricted");
  return { actor: actorOf(claims, rules), until: claims.exp + LEEWAY_S, keys };
}

/** The payload if a known key has signed the token. Otherwise the keys are fetched again: a new key may reuse an id. */
async function signedPayload(token: string, known: Keys, rules: TokenRules) {
  const header = headerOf(token);
  const payload = await payloadOf(token, candidates(header, known), rules);
  if (payload) return { payload, keys: known };
  const keys = await rules.keys.renewed();
  const later = keys === known ? null : await payloadOf(token, candidates(header, keys), rules);
  if (!later) throw new InvalidToken("key");
  return { payload: later, keys };
}

function headerOf(token: string): JWTHeaderParameters {
  try {
    const header = decodeProtectedHeader(token) as JWTHeaderParameters;
    if (ALGORITHMS.some((known) => known === header.alg) && isTypeOfTokens(header.typ)) return header;
  } catch {
    // refused below
  }
  throw new InvalidToken("malformed");
}

/** Whether a header has no type or the type `JWT`: the LMS signs other things with the same keys (RFC 8725, 3.11). */
function isTypeOfTokens(typ: unknown): boolean {
  return typ === undefined || (typeof typ === "string" && typ.toUpperCase() === "JWT");
}

/** The keys that may have signed the token: those whose key id and algorithm do not contradict its header. */
function candidates({ kid, alg }: JWTHeaderParameters, keys: Keys): Key[] {
  return keys.filter(
    (key) =>
      (kid === undefined || key.kid === undefined || key.kid === kid) &&
      (key.alg === undefined || key.alg === alg),
  );
}

/** The payload of the token; null when none of the keys has signed it. */
async function payloadOf(token: string, keys: Key[], rules: TokenRules): Promise<JWTPayload | null> {
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key.public, {
        algorithms: [...ALGORITHMS],
        issuer: rules.issuer,
        audience: rules.audience,
        clockTolerance: LEEWAY_S,
        requiredClaims: ["exp", "iat"],
      });
      return payload;
    } catch (error) {
      const isByAnother = error instanceof errors.JWSSignatureVerificationFailed;
      const isTooWeak = error instanceof TypeError;
      if (!isByAnother && !isTooWeak) throw new InvalidToken(faultOf(error));
    }
  }
  return null;
}

function faultOf(error: unknown): TokenFault {
  if (error instanceof errors.JWTExpired) return "expired";
  if (!(error instanceof errors.JWTClaimValidationFailed)) return "malformed";
  return error.claim === "iss" ? "issuer" : error.claim === "aud" ? "audience" : "times";
}

function claimsOrRefusal(payload: unknown) {
  try {
    return readClaims(payload);
  } catch {
    throw new InvalidToken("claims");
  }
}
