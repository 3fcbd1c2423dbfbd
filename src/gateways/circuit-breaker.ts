import type { RefundGateway, RefundOutcome, RefundRequest } from "./refund-gateway";

const UNKNOWN_AT_MOST = 5;

/** Spares a shop that does not answer: after 5 unknown outcomes in a row nothing is sent to it for a while. */
export class CircuitBreaker implements RefundGateway {
  private unknown = 0;
  private sendsAgainAt = 0;

  constructor(
    private readonly gateway: RefundGateway,
    private readonly pauseMs: number,
    private readonly clock: () => Date,
  ) {}

  get isKeyed(): boolean {
    return this.gateway.isKeyed;
  }

  /** Whether nothing is being sent just now. */
  get isOpen(): boolean {
    return this.clock().getTime() < this.sendsAgainAt;
  }

  async request(request: RefundRequest): Promise<RefundOutcome> {
    if (this.isOpen) return { kind: "notSent", cause: "the shop has not been answering" };
    const outcome = await this.gateway.request(request);
    this.unknown = outcome.kind === "unknown" ? this.unknown + 1 : 0;
    if (this.unknown >= UNKNOWN_AT_MOST) this.sendsAgainAt = this.clock().getTime() + this.pauseMs;
    return outcome;
  }
}
