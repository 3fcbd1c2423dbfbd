/** The headers of a request that say who is asking. */
export interface Credentials {
  authorization?: string | undefined;
  cookie?: string | undefined;
  "use-jwt-cookie"?: string | string[] | undefined;
}

/** The LMS gives browsers a token in two parts, so that scripts can read the claims and never the signature. */
const COOKIES = ["edx-jwt-cookie-header-payload", "edx-jwt-cookie-signature"];

/**
 * The token of a request: of the header Authorization, or of the cookies where those are allowed and asked for. Null
 * where there is none; an empty text where there is something else, or half of one, for the verifier to refuse.
 *
 * Browsers send cookies unasked, whichever page makes them; no page of another origin can add USE-JWT-COOKIE without
 * asking us by CORS first, and we let only the frontends of CORS_ORIGINS.
 */
export function tokenOf(headers: Credentials, allowCookies: boolean): string | null {
  const { authorization, cookie = "" } = headers;
  if (authorization !== undefined) return /^(?:JWT|Bearer) (.+)$/i.exec(authorization)?.[1] ?? "";
  if (!allowCookies || headers["use-jwt-cookie"] !== "true") return null;
  const parts = COOKIES.map((name) => valuesOf(name, cookie));
  if (parts.every(({ length }) => length === 0)) return null;
  // A name that comes twice was set by somebody else as well, on a neighbouring host: there is no telling which is ours.
  return parts.every(({ length }) => length === 1) ? parts.join(".") : "";
}

function valuesOf(name: string, cookies: string): string[] {
  return cookies
    .split(";")
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie.startsWith(`${name}=`))
    .map((cookie) => cookie.slice(name.length + 1));
}
