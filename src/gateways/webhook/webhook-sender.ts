import { createHmac, randomBytes } from "node:crypto";
import { isPublicAddress } from "../guarded/public-address";
import { httpClient, HttpFailure, type HttpClient } from "../http-client";

/** A message to the receiver of a webhook. */
export interface WebhookMessage {
  url: string;
  /** What signs it. */
  secret: string;
  /** The same whenever the message is sent again. */
  id: string;
  /** The instant of this attempt. */
  sentAt: Date;
  /** The body, which is JSON. */
  json: string;
  requestId: string | null;
}

/** What came of a message: only a status from 200 to 299 says that it was received. */
export interface WebhookOutcome {
  isReceived: boolean;
  /** The status of the answer, or the cause of the failure in one word. */
  detail: string;
}

const PREFIX = "whsec_";

/** A secret that nobody knows yet, in the form of the Standard Webhooks. */
export function newSecret(): string {
  return PREFIX + randomBytes(32).toString("base64");
}

/** The signature of a message, by which its receiver knows that it is ours and how old it is (Standard Webhooks). */
function signatureOf(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/** Sends the messages of webhooks, to public addresses only unless all are allowed. */
export class WebhookSender {
  private readonly send: HttpClient;

  constructor(deadlineMs: number, arePrivateAllowed: boolean) {
    const mayReach = arePrivateAllowed ? () => true : isPublicAddress;
    this.send = httpClient({ to: "webhook", deadlineMs, mayReach });
  }

  /** Sends a message once; never rejects. */
  async deliver({ url, secret, id, sentAt, json, requestId }: WebhookMessage): Promise<WebhookOutcome> {
    const timestamp = String(Math.floor(sentAt.getTime() / 1_000));
    const headers = {
      "content-type": "application/json",
      "user-agent": "course-entitlements",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signatureOf(secret, id, timestamp, json),
    };
    try {
      const { status } = await this.send({ method: "POST", url, headers, body: json, requestId });
      return { isReceived: status >= 200 && status <= 299, detail: String(status) };
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return { isReceived: false, detail: error.word };
    }
  }
}
