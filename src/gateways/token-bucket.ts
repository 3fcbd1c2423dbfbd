import { setTimeout as sleep } from "node:timers/promises";
import { HttpFailure } from "./http-client";

/**
 * Spreads the requests to a system: on average so many within a minute, and after a quiet time as many at once. Others
 * wait for their turn.
 */
export class TokenBucket {
  private tokens: number;
  private filledAt = performance.now();

  constructor(private readonly perMinute: number) {
    this.tokens = perMinute;
  }

  /** Whether a request would have to wait. */
  get isEmpty(): boolean {
    this.fill();
    return this.tokens < 1;
  }

  /** Whether more than half of the requests that may be sent at once have been sent. */
  get isHalfEmpty(): boolean {
    this.fill();
    return this.tokens < this.perMinute / 2;
  }

  /**
   * Waits until a request may be sent. Rejects at once with HttpFailure when that is not before `endsAt`, by
   * `performance.now()`.
   */
  async take(endsAt: number): Promise<void> {
    this.fill();
    const waitMs = ((1 - this.tokens) * 60_000) / this.perMinute;
    if (waitMs > 0 && performance.now() + waitMs >= endsAt) throw new HttpFailure("PAUSED", false);
    this.tokens--; // below 0 for each request that waits
    if (waitMs > 0) await sleep(waitMs);
  }

  private fill(): void {
    const now = performance.now();
    const more = ((now - this.filledAt) * this.perMinute) / 60_000;
    this.tokens = Math.min(this.perMinute, this.tokens + more);
    this.filledAt = now;
  }
}
