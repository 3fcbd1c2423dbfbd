/** How this service makes itself known to the other services of an Open edX installation. */
export interface ClientCredentials {
  /** The LMS's `/oauth2/access_token`. */
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  deadlineMs: number;
}

const RENEW_BEFORE_MS = 5_000;

/** Gives the value of the header Authorization, from a token kept until shortly before it ends. Rejects without one. */
export function clientCredentials({
  tokenUrl,
  clientId,
  clientSecret,
  deadlineMs,
}: ClientCredentials): () => Promise<string> {
  let known: { token: string; until: number } | undefined;
  return async () => {
    if (known && known.until > Date.now()) return `JWT ${known.token}`;
    const response = await fetch(tokenUrl, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        token_type: "jwt",
      }),
      signal: AbortSignal.timeout(deadlineMs),
    });
    const body = (await response.json()) as { access_token?: string; expires_in?: number };
    if (!response.ok || !body.access_token)
      throw Object.assign(new Error("no token"), { code: `HTTP ${response.status}` });
    known = {
      token: body.access_token,
      until: Date.now() + (body.expires_in ?? 0) * 1000 - RENEW_BEFORE_MS,
    };
    return `JWT ${known.token}`;
  };
}
