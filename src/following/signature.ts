import { createHmac } from "node:crypto";
import { isSecret } from "../auth/request-token";

/** How far the time of a signature may be away from ours, in milliseconds: messages travel, and clocks differ. */
const APART_AT_MOST_MS = 5 * 60_000;

/** A message with what its sender says about it. */
export interface Signed {
  /** The header X-Signature: `sha256=` and the HMAC of the time, a full stop and the body, in hexadecimal digits. */
  signature: string | undefined;
  /** The header X-Timestamp: when it was signed, in seconds since 1970-01-01 UTC. */
  timestamp: string | undefined;
  /** The body. */
  body: string;
}

/** Why a message is not taken for one of a sender who knows the secret; null when it is. */
export function signatureFault(
  secret: string,
  { signature, timestamp = "", body }: Signed,
  now: Date,
): "SIGNATURE" | "TIME" | null {
  // The time is signed along, so that nobody can renew a message that was recorded.
  const expected = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  if (!isSecret(signature, `sha256=${expected}`)) return "SIGNATURE";
  const apartMs = Math.abs(Number(timestamp) * 1_000 - now.getTime());
  return /^\d{1,12}$/.test(timestamp) && apartMs <= APART_AT_MOST_MS ? null : "TIME";
}
