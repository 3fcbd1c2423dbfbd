import { decodeJwt, decodeProtectedHeader, type JWTPayload } from "jose";
import { keysAt } from "../../auth/fetched-keys";
import { ALGORITHMS, fixedKeys, type KeySource } from "../../auth/keys";
import { InvalidToken, tokenVerifier, type TokenFault } from "../../auth/verify-token";
import type { Config } from "../../config";
import type { Authorization } from "../../gateways/http-client";
import { finding, Wrong, type Advice, type Finding } from "./finding";

const GETTING: Advice = {
  HTTP_401:
    "set OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET to those of an application of the LMS (its administration, Django OAuth Toolkit, Applications)",
  HTTP_400: "the application in the LMS must be confidential and have the grant type client credentials",
  HTTP_404: "nothing is there: set LMS_URL, or OAUTH_TOKEN_URL, to the address of the LMS",
  HTTP_429: "the LMS is asked for tokens too often with this account: wait a minute, and ask again",
  NONSENSE: "set LMS_URL, or OAUTH_TOKEN_URL, to the address of the LMS: something else answers there",
  other: "see LMS_URL and OAUTH_TOKEN_URL",
};

/** The scopes that bring the claims by which people and rights are known. */
const SCOPES = ["profile", "user_id"];

/** A token of the LMS for this service. */
export interface KnownToken {
  authorization: Authorization;
  /** The account of the LMS that the token names. */
  username: string;
}

/** Gets a token from the LMS, and says what it tells of the installation. Returns it if there is one. */
export async function* tokenFindings(
  config: Config,
  authorization: Authorization,
): AsyncGenerator<Finding, KnownToken | undefined> {
  let token = "";
  let claims: JWTPayload = {};
  const got = await finding(
    "the token for other services",
    async () => {
      token = (await authorization()).replace(/^JWT /, "");
      try {
        claims = decodeJwt(token);
      } catch {
        throw new Wrong("it is no JWT: the LMS must answer to the parameter token_type=jwt");
      }
      return `the LMS gives one for the account ${usernameOf(claims)}`;
    },
    GETTING,
  );
  yield got;
  if (got.verdict !== "ok") return undefined;
  yield* claimFindings(claims);
  yield await signatureFinding(config, token, claims);
  return { authorization, username: usernameOf(claims) };
}

const usernameOf = (claims: JWTPayload) => String(claims["preferred_username"]);

function* claimFindings(claims: JWTPayload): Generator<Finding> {
  const scopes = Array.isArray(claims["scopes"]) ? claims["scopes"].map(String) : [];
  const missing = SCOPES.filter((scope) => !scopes.includes(scope));
  const what = "the claims of the token";
  if (claims["is_restricted"] === true)
    yield {
      what,
      verdict: "wrong",
      found:
        "the application is restricted, so that the LMS opens nothing to it: take it off the restricted applications of the LMS",
    };
  else if (missing.length > 0 || claims["user_id"] === undefined)
    yield {
      what,
      verdict: "note",
      found: `it lacks ${[...missing.map((scope) => `the scope ${scope}`), ...(claims["user_id"] === undefined ? ["the claim user_id"] : [])].join(" and ")}. We do not need that, but callers with a token of such an application are only known by their username, and without the scope profile nobody counts as staff: allow their applications the scopes user_id and profile in the LMS`,
    };
  else yield { what, verdict: "ok", found: "all are there" };
  if (claims["administrator"] === false)
    yield {
      what: "the account of the token",
      verdict: "wrong",
      found: `${usernameOf(claims)} is not staff: set "Staff status" of this account in the administration of the LMS`,
    };
}

const REFUSED: Partial<Record<TokenFault, (claims: JWTPayload) => string>> = {
  issuer: ({ iss }) => `it names another issuer than JWT_ISSUER: set JWT_ISSUER to ${iss}`,
  audience: ({ aud }) => `it names another audience than JWT_AUDIENCE: set JWT_AUDIENCE to ${String(aud)}`,
  key: () =>
    "none of our keys has signed it: set JWT_JWK_SET to JWT_PUBLIC_SIGNING_JWK_SET of the LMS, or JWT_JWK_SET_URL to where that is published",
};

/** Whether we would accept such a token from a caller, which says whether our keys are those of the LMS. */
async function signatureFinding(
  { token: rules }: Config,
  token: string,
  claims: JWTPayload,
): Promise<Finding> {
  const what = "tokens of this LMS";
  const { alg } = decodeProtectedHeader(token);
  if (!ALGORITHMS.some((known) => known === alg))
    return {
      what,
      verdict: "note",
      found: `it is signed with ${alg}, by a secret. The LMS and course-discovery accept that from us, and the cookies of learners are not concerned. But callers that get their tokens as we do, such as commerce-coordinator or a script with client credentials, have such tokens too, which we refuse: for them, set JWT_AUTH_FORCE_CREATE_ASYMMETRIC = True in the LMS`,
    };
  if (rules.isOurs)
    return { what, verdict: "note", found: "not checked, as the server trusts the development key only" };
  return finding(
    what,
    async () => {
      try {
        await tokenVerifier({ ...rules, keys: await keysOf(rules) })({ authorization: `JWT ${token}` });
        return "we accept them";
      } catch (error) {
        if (!(error instanceof InvalidToken)) throw error;
        const advice = REFUSED[error.fault]?.(claims);
        throw new Wrong(advice ?? `we refuse them (${error.fault}): see docs/tokens.md`);
      }
    },
    { other: "see JWT_JWK_SET_URL" },
  );
}

async function keysOf({ jwkSet, jwkSetUrl }: Config["token"]): Promise<KeySource> {
  if (!jwkSetUrl) return fixedKeys(jwkSet!);
  const keys = await keysAt(jwkSetUrl)();
  const current = () => Promise.resolve(keys);
  return { current, renewed: current };
}
