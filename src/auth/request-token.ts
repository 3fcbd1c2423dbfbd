import { createHash, timingSafeEqual } from "node:crypto";
/** The headers of a request that can carry a token. */
export interface Credentials {
  /** The header Authorization, if there is one. */
  authorization?: string | undefined;
  cookie?: string | undefined;
  "use-jwt-cookie"?: string | string[] | undefined;
}

/** The cookies of the LMS with the two parts of a token: scripts can read the claims, but never the signature. */
const COOKIES = ["edx-jwt-cookie-header-payload", "edx-jwt-cookie-signature"];

/**
 * The token of a request: from the header Authorization, or from the cookies when they are allowed and requested. Null
 * without a token; an empty string for another scheme or an incomplete token, which the verifier refuses.
 *
 * Browsers send cookies with requests from every page. The header USE-JWT-COOKIE protects against that: a page of
 * another origin can only add it after a CORS preflight, which only the frontends of CORS_ORIGINS pass.
 */
export function tokenOf(headers: Credentials, allowCookies: boolean): string | null {
  const { authorization, cookie = "" } = headers;
  if (authorization !== undefined) return /^(?:JWT|Bearer) (.+)$/i.exec(authorization)?.[1] ?? "";
  if (!allowCookies || headers["use-jwt-cookie"] !== "true") return null;
  const parts = COOKIES.map((name) => valuesOf(name, cookie));
  if (parts.every(({ length }) => length === 0)) return null;
  // A cookie that occurs twice was also set by another host of the same domain: the right one cannot be told.
  return parts.every(({ length }) => length === 1) ? parts.join(".") : "";
}

function valuesOf(name: string, cookies: string): string[] {
  return cookies
    .split(";")
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie.startsWith(`${name}=`))
    .map((cookie) => cookie.slice(name.length + 1));
}

/** Whether a text is the secret one; how long that takes tells nothing of it. */
export function isSecret(given: string | undefined, secret: string): boolean {
  const [one, other] = [given ?? "", secret].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(one!, other!);
}
