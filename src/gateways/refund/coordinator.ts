import {
  HttpFailure,
  httpClient,
  type Authorization,
  type HttpAnswer,
  type HttpClient,
} from "../http-client";
import type { RefundGateway, RefundOutcome, RefundRequest } from "./refund-gateway";

/** Where the shop is, and how long it may take. */
export interface HttpShop {
  /** Before `/lms/refund/`. */
  baseUrl: string;
  /** Whether it honours the header Idempotency-Key; commerce-coordinator knows a repeat by its entitlement instead. */
  isKeyed: boolean;
  /** The credentials to use there; none when absent. */
  authorization?: Authorization | undefined;
  deadlineMs: number;
}

/** Statuses of answers that are sent before the request is processed. */
const NOT_PROCESSED = new Set([401, 403, 404, 405]);
const REFUSED = new Set([400, 422]);

/** Asks commerce-coordinator, or a shop that speaks like it, for a return of the order's line. */
export class HttpRefundGateway implements RefundGateway {
  readonly isKeyed: boolean;
  private readonly url: string;
  private readonly send: HttpClient;

  constructor({ baseUrl, isKeyed, authorization, deadlineMs }: HttpShop) {
    this.isKeyed = isKeyed;
    this.url = `${baseUrl}/lms/refund/`;
    this.send = httpClient({ to: "shop", deadlineMs, ...(authorization && { authorization }) });
  }

  async request({ key, requestId, ...order }: RefundRequest): Promise<RefundOutcome> {
    const { entitlementId, orderNumber, username } = order;
    try {
      const answer = await this.send({
        method: "POST",
        url: this.url,
        headers: { "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify({ username, order_number: orderNumber, entitlement_uuid: entitlementId }),
        requestId,
      });
      return outcomeOf(answer);
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return { kind: error.mayBeSent ? "unknown" : "notSent", cause: error.word };
    }
  }
}

function outcomeOf({ status, text }: HttpAnswer): RefundOutcome {
  if (status === 200 || status === 201) return { kind: "accepted", refs: referencesIn(text) };
  if (REFUSED.has(status)) return { kind: "refused", code: `HTTP_${status}` };
  if (NOT_PROCESSED.has(status)) return { kind: "notSent", cause: `HTTP ${status}` };
  return { kind: "unknown", cause: `HTTP ${status}` };
}

/** The ids of a JSON array; commerce-coordinator gives none. */
function referencesIn(body: string): string[] {
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) ? value.map(String).slice(0, 20) : [];
  } catch {
    return [];
  }
}
