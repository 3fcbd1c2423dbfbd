import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";

/** A secret that nobody knows yet, in the form of the Standard Webhooks. */
export function newSecret(): string {
  return PREFIX + randomBytes(32).toString("base64");
}

/** A message that is to be signed. */
export interface Signable {
  /** The same whenever the message is sent again. */
  id: string;
  /** The instant of this attempt. */
  sentAt: Date;
  /** The body, which is JSON. */
  json: string;
}

/**
 * The headers of a message as the Standard Webhooks have them. Its receiver knows by the signature that it is ours, and
 * how old it is. The secret has the form of `newSecret`.
 */
export function signedHeaders(secret: string, { id, sentAt, json }: Signable): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1_000));
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${json}`).digest("base64");
  return {
    "content-type": "application/json",
    "user-agent": "course-entitlements",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}
