import { isPublicAddress } from "../guarded/public-address";
import { httpClient, HttpFailure, type HttpClient } from "../http-client";
import { signedHeaders, type Signable } from "./signature";

/** A message to the receiver of a webhook. */
export interface WebhookMessage extends Signable {
  url: string;
  /** What signs it. */
  secret: string;
  requestId: string | null;
}

/** What came of a message: only a status from 200 to 299 says that it was received. */
export interface WebhookOutcome {
  isReceived: boolean;
  /** The status of the answer, or the cause of the failure in one word. */
  detail: string;
}

/** Sends the messages of webhooks, to public addresses only unless all are allowed. */
export class WebhookSender {
  private readonly send: HttpClient;

  constructor(deadlineMs: number, arePrivateAllowed: boolean) {
    const mayReach = arePrivateAllowed ? () => true : isPublicAddress;
    this.send = httpClient({ to: "webhook", deadlineMs, mayReach });
  }

  /** Sends a message once; never rejects. */
  async deliver({ url, secret, requestId, ...message }: WebhookMessage): Promise<WebhookOutcome> {
    const headers = signedHeaders(secret, message);
    try {
      const { status } = await this.send({ method: "POST", url, headers, body: message.json, requestId });
      return { isReceived: status >= 200 && status <= 299, detail: String(status) };
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return { isReceived: false, detail: error.word };
    }
  }
}
