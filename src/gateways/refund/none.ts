import type { RefundGateway, RefundOutcome } from "./refund-gateway";

/** Where no shop is configured: nothing is ever sent, and every refund fails at once. */
export class NoRefundGateway implements RefundGateway {
  readonly isKeyed = true;

  request(): Promise<RefundOutcome> {
    return Promise.resolve({ kind: "notSent", cause: "no shop is configured" });
  }
}
