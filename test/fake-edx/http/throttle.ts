/** Counts requests as Django REST framework does: so many in a window that slides. */
export class Throttle {
  private readonly asked = new Map<string, number[]>();

  constructor(
    private readonly windowSeconds: number,
    /** How many requests an account may make in a window. */
    private readonly limitOf: (caller: { isStaff: boolean } | null) => number,
    private readonly clock: () => Date,
  ) {}

  /** Counts a request. Returns the seconds to wait if there were too many, and null otherwise. */
  take(caller: { username: string; isStaff: boolean } | null): number | null {
    const now = this.clock().getTime() / 1000;
    const who = caller?.username ?? "anyone at this address";
    const recent = (this.asked.get(who) ?? []).filter((at) => at > now - this.windowSeconds);
    this.asked.set(who, recent);
    if (recent.length >= this.limitOf(caller)) return Math.ceil(this.windowSeconds - (now - recent[0]!));
    recent.push(now);
    return null;
  }
}
