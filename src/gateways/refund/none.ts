import type { RefundGateway, RefundOutcome } from "./refund-gateway";

/** Where no shop is configured: no refund can be requested, and what an earlier shop has left in doubt stays so. */
export class NoRefundGateway implements RefundGateway {
  readonly isKeyed = true;

  request(): Promise<RefundOutcome> {
    return Promise.resolve({ kind: "notSent", cause: "no shop is configured" });
  }
}
