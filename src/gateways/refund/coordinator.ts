import type { RefundGateway, RefundOutcome, RefundRequest } from "./refund-gateway";

/** Where the shop is, and how long it may take. */
export interface HttpShop {
  /** Before `/lms/refund/`. */
  baseUrl: string;
  /** Whether it honours the header Idempotency-Key; commerce-coordinator knows a repeat by its entitlement instead. */
  isKeyed: boolean;
  /** The value of the header Authorization. Rejects when there is none to be had. */
  authorization: () => Promise<string | undefined>;
  deadlineMs: number;
}

/** Failures of a connection that was never made. */
const NEVER_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);
/** Answers before anybody looked at the request. */
const NOT_LOOKED_AT = new Set([401, 403, 404, 405]);
const REFUSED = new Set([400, 422]);

/** Asks commerce-coordinator, or a shop that speaks like it, for a return of the order's line. */
export class HttpRefundGateway implements RefundGateway {
  readonly isKeyed: boolean;

  constructor(private readonly shop: HttpShop) {
    this.isKeyed = shop.isKeyed;
  }

  async request(request: RefundRequest): Promise<RefundOutcome> {
    let authorization: string | undefined;
    try {
      authorization = await this.shop.authorization();
    } catch (error) {
      return { kind: "notSent", cause: `no token: ${causeOf(error)}` };
    }
    try {
      return await outcomeOf(await this.send(request, authorization));
    } catch (error) {
      const cause = causeOf(error);
      return { kind: NEVER_CONNECTED.has(cause) ? "notSent" : "unknown", cause };
    }
  }

  private send(
    { key, entitlementId, orderNumber, username }: RefundRequest,
    authorization: string | undefined,
  ): Promise<Response> {
    return fetch(`${this.shop.baseUrl}/lms/refund/`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": key,
        ...(authorization && { authorization }),
      },
      body: JSON.stringify({ username, order_number: orderNumber, entitlement_uuid: entitlementId }),
      redirect: "manual",
      signal: AbortSignal.timeout(this.shop.deadlineMs),
    });
  }
}

async function outcomeOf(response: Response): Promise<RefundOutcome> {
  const { status } = response;
  // Read to its end: a connection lost half-way leaves the answer in doubt.
  const body = await response.text();
  if (status === 200 || status === 201) return { kind: "accepted", refs: referencesIn(body) };
  if (REFUSED.has(status)) return { kind: "refused", code: `HTTP_${status}` };
  if (NOT_LOOKED_AT.has(status)) return { kind: "notSent", cause: `HTTP ${status}` };
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

function causeOf(error: unknown): string {
  const { cause, code, name } = error as { cause?: { code?: string }; code?: unknown; name?: string };
  // A DOMException, such as that of a time-out, has a number for a code.
  return (cause?.code ?? (typeof code === "string" ? code : name) ?? "unknown").slice(0, 100);
}
