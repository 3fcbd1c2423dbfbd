import { z } from "zod";
import { HttpFailure, httpClient, type Authorization } from "./http-client";

/** The credentials of this service at the other services of an Open edX installation. */
export interface ClientCredentials {
  /** The LMS's `/oauth2/access_token`. */
  tokenUrl: string;
  clientId: string;
  /** The secret of the client, which no log may hold. */
  clientSecret: string;
  deadlineMs: number;
}

/** A token is no longer used for so long before it ends, in milliseconds. */
const RENEW_BEFORE_MS = 5_000;

const token = z.object({ access_token: z.string().min(1), expires_in: z.number().default(0) });

/**
 * Sends a token of the LMS, which is kept until shortly before it expires. Concurrent callers share one request for it.
 */
export function clientCredentials({
  tokenUrl,
  clientId,
  clientSecret,
  deadlineMs,
}: ClientCredentials): Authorization {
  const send = httpClient({ to: "token", deadlineMs });
  let known: { value: string; until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const asked = performance.now();
    const { status, text } = await send({
      method: "POST",
      url: tokenUrl,
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        token_type: "jwt",
      }),
    });
    if (status !== 200) throw new HttpFailure(`HTTP_${status}`, false);
    const { access_token: value, expires_in: seconds } = parse(text);
    known = { value: `JWT ${value}`, until: asked + seconds * 1000 - RENEW_BEFORE_MS };
    return known.value;
  }

  return (rejected) => {
    if (known && known.value !== rejected && known.until > performance.now())
      return Promise.resolve(known.value);
    return (asking ??= ask().finally(() => (asking = undefined)));
  };
}

function parse(text: string): z.infer<typeof token> {
  try {
    return token.parse(JSON.parse(text));
  } catch {
    throw new HttpFailure("NONSENSE", false); // the answer may hold a token, and is not repeated
  }
}
