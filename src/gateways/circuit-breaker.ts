import type { RefundGateway, RefundOutcome, RefundRequest, Refunds } from "./refund/refund-gateway";

const UNKNOWN_AT_MOST = 5;
/** A slow shop must not occupy all requests that the server works on at once. */
const IN_PROGRESS_AT_MOST = 16;

/**
 * Protects a shop that does not answer, and the callers who wait for it: after 5 unknown outcomes in a row no request
 * is sent for a while, and never more than 16 requests are in progress.
 */
export class CircuitBreaker implements Refunds {
  private unknown = 0;
  private underWay = 0;
  private sendsAgainAt = 0;

  constructor(
    private readonly gateway: RefundGateway,
    private readonly pauseMs: number,
    private readonly clock: () => Date,
  ) {}

  get isKeyed(): boolean {
    return this.gateway.isKeyed;
  }

  get isPaused(): boolean {
    return this.underWay >= IN_PROGRESS_AT_MOST || this.clock().getTime() < this.sendsAgainAt;
  }

  async request(request: RefundRequest): Promise<RefundOutcome> {
    if (this.isPaused) return { kind: "notSent", cause: "the shop has not been answering" };
    this.underWay++;
    const outcome = await this.gateway.request(request).finally(() => this.underWay--);
    this.unknown = outcome.kind === "unknown" ? this.unknown + 1 : 0;
    if (this.unknown >= UNKNOWN_AT_MOST) this.sendsAgainAt = this.clock().getTime() + this.pauseMs;
    return outcome;
  }
}
