import { httpClient, type Authorization, type HttpClient } from "../http-client";
import { askShop } from "./ask-shop";
import { outcomeOf } from "./coordinator-outcome";
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

  request({ key, requestId, ageMs, ...order }: RefundRequest): Promise<RefundOutcome> {
    const { entitlementId, orderNumber, username } = order;
    const request = {
      method: "POST",
      url: this.url,
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ username, order_number: orderNumber, entitlement_uuid: entitlementId }),
      requestId,
    } as const;
    return askShop(this.send, request, (answer) => outcomeOf(answer, ageMs));
  }
}
