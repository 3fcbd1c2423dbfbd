const UNKNOWN_AT_MOST = 5;
/** A slow system must not occupy all requests that the server works on at once. */
const IN_PROGRESS_AT_MOST = 16;

/**
 * Protects a system that does not answer, and the callers who wait for it: after 5 unknown outcomes in a row it is left
 * alone for a while, and never more than 16 calls are in progress.
 */
export class CircuitBreaker {
  private unknown = 0;
  private inProgress = 0;
  private callsAgainAt = 0;

  /** `pauseMs` is how long the system is left alone, in milliseconds. */
  constructor(
    private readonly pauseMs: number,
    private readonly clock: () => Date,
  ) {}

  /** Whether no call should be made just now. */
  get isPaused(): boolean {
    return this.inProgress >= IN_PROGRESS_AT_MOST || this.clock().getTime() < this.callsAgainAt;
  }

  /** Makes a call; `isUnknown` says whether its outcome means that the system does not answer. */
  async watch<T>(call: () => Promise<T>, isUnknown: (outcome: T) => boolean): Promise<T> {
    this.inProgress++;
    const outcome = await call().finally(() => this.inProgress--);
    this.unknown = isUnknown(outcome) ? this.unknown + 1 : 0;
    if (this.unknown >= UNKNOWN_AT_MOST) this.pause(this.pauseMs);
    return outcome;
  }

  /** Leaves the system alone for so long, in milliseconds. */
  pause(ms: number): void {
    this.callsAgainAt = Math.max(this.callsAgainAt, this.clock().getTime() + ms);
  }
}
