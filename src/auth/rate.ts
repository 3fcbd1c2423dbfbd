import { limitKeyOf, mayActForAnyone, type Actor } from "./actor";

/** How many actions of one kind an actor may perform within a span of time. */
export interface Allowance {
  /** In the plural, as messages name it. */
  what: string;
  /** The span in words, such as "an hour". */
  span: string;
  spanMs: number;
  /** The limit for support agents and staff, who act for many learners. */
  agent: number;
  /** The limit for everyone else except services. */
  learner: number;
}

/** The refusal of an actor who has reached a rate limit. */
export class RateLimited extends Error {
  constructor(
    message: string,
    /** How long to wait before the same is allowed. */
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

const ACTORS_AT_MOST = 10_000;

/**
 * Counts what each actor does in this process, within any span of that length, wherever it begins. Services have no
 * limit, because they act for many learners.
 */
export class Rate {
  /** The times at which each actor did something. In the order of the latest; beyond the limit the oldest are forgotten. */
  private readonly timesByActor = new Map<string, number[]>();

  constructor(private readonly allowance: Allowance) {}

  /** The most that the actor may do within the span. */
  mostOf(actor: Actor): number {
    if (actor.isService) return Infinity;
    return mayActForAnyone(actor) ? this.allowance.agent : this.allowance.learner;
  }

  /**
   * Counts `count` actions of the actor at this time and returns null; or counts none and returns the refusal when
   * they are too many.
   */
  take(actor: Actor, count: number, at: Date): RateLimited | null {
    if (actor.isService || count === 0) return null;
    const now = at.getTime();
    const most = this.mostOf(actor);
    const key = limitKeyOf(actor);
    const times = this.timesOf(key, now);
    const excess = times.length + count - most;
    if (excess > 0) return this.refusal(most, times[excess - 1] ?? now, now);
    this.timesByActor.delete(key);
    this.timesByActor.set(key, [...times, ...Array.from({ length: count }, () => now)]);
    this.forget(now);
    return null;
  }

  /** Removes one counted action at that time, because the actor did not perform it after all. */
  giveBack(actor: Actor, at: Date): void {
    const times = this.timesByActor.get(limitKeyOf(actor));
    const place = times?.indexOf(at.getTime()) ?? -1;
    if (place >= 0) times!.splice(place, 1);
  }

  private refusal(most: number, oldest: number, now: number): RateLimited {
    const { what, span, spanMs } = this.allowance;
    const seconds = Math.ceil((oldest + spanMs - now) / 1000);
    return new RateLimited(
      `At most ${most} ${what} ${span} are allowed. Try again in ${seconds} s.`,
      seconds,
    );
  }

  /** Times in the future were counted before the clock was set back; they no longer count. */
  private timesOf(key: string, now: number): number[] {
    const times = this.timesByActor.get(key) ?? [];
    return times.filter((time) => time > now - this.allowance.spanMs && time <= now);
  }

  private forget(now: number): void {
    for (const [first, times] of this.timesByActor) {
      const isOver = (times.at(-1) ?? 0) <= now - this.allowance.spanMs;
      if (!isOver && this.timesByActor.size <= ACTORS_AT_MOST) break;
      this.timesByActor.delete(first);
    }
  }
}
