import { z } from "zod";
import { httpClient, type HttpAnswer, type HttpClient } from "../http-client";
import { signedHeaders } from "../webhook/signature";
import { askShop } from "./ask-shop";
import type { RefundGateway, RefundOutcome, RefundRequest } from "./refund-gateway";

/** Where the operator's own shop takes signed requests for refunds. */
export interface WebhookShop {
  url: string;
  /** What signs the requests, in the form of `newSecret`. */
  secret: string;
  deadlineMs: number;
  /** Tells the instant of a request, which its signature covers. */
  clock: () => Date;
}

/** Statuses by which the shop says that it has not looked at the request. */
const NOT_PROCESSED = new Set([401, 403, 404, 405, 429, 503]);
const REFUSED = new Set([400, 409, 422]);
const REFERENCES_AT_MOST = 20;

const accepted = z.object({ references: z.array(z.union([z.string(), z.number()])) });
const refused = z.object({ code: z.string().min(1).max(100) });

/** Asks the operator's own shop by a message that is signed as those of our webhooks are. */
export class WebhookRefundGateway implements RefundGateway {
  readonly isKeyed = true;
  private readonly send: HttpClient;

  constructor(private readonly shop: WebhookShop) {
    this.send = httpClient({ to: "shop", deadlineMs: shop.deadlineMs });
  }

  request({ key, requestId, ...order }: RefundRequest): Promise<RefundOutcome> {
    const { entitlementId, orderNumber, courseUuid, mode, userId, username } = order;
    const { url, secret, clock } = this.shop;
    const json = JSON.stringify({
      refundId: key,
      entitlementId,
      orderNumber,
      courseUuid,
      mode,
      userId,
      username,
    });
    const signed = signedHeaders(secret, { id: key, sentAt: clock(), json });
    const headers = { ...signed, "idempotency-key": key };
    return askShop(this.send, { method: "POST", url, headers, body: json, requestId }, outcomeOf);
  }
}

function outcomeOf({ status, text }: HttpAnswer): RefundOutcome {
  if (status === 200 || status === 201) {
    const references = read(accepted, text)?.references ?? [];
    return { kind: "accepted", refs: references.map(String).slice(0, REFERENCES_AT_MOST) };
  }
  if (status === 202) return { kind: "unknown", cause: "accepted for later", isDeciding: true };
  if (REFUSED.has(status)) return { kind: "refused", code: read(refused, text)?.code ?? `HTTP_${status}` };
  return { kind: NOT_PROCESSED.has(status) ? "notSent" : "unknown", cause: `HTTP ${status}` };
}

/** What an answer says beside its status; null when it says nothing of the kind. */
function read<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
