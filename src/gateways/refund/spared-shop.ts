import { CircuitBreaker } from "../circuit-breaker";
import type { RefundGateway, RefundOutcome, RefundRequest, Refunds } from "./refund-gateway";

/** A shop that is sent nothing for a while when it does not answer. */
export class SparedShop implements Refunds {
  private readonly breaker: CircuitBreaker;

  /** `pauseMs` is how long nothing is sent, in milliseconds. */
  constructor(
    private readonly gateway: RefundGateway,
    pauseMs: number,
    clock: () => Date,
  ) {
    this.breaker = new CircuitBreaker(pauseMs, clock);
  }

  get isKeyed(): boolean {
    return this.gateway.isKeyed;
  }

  get isPaused(): boolean {
    return this.breaker.isPaused;
  }

  async request(request: RefundRequest): Promise<RefundOutcome> {
    if (this.isPaused) return { kind: "notSent", cause: "the shop has not been answering" };
    return this.breaker.watch(
      () => this.gateway.request(request),
      (outcome) => outcome.kind === "unknown" && outcome.isDeciding !== true,
    );
  }
}
