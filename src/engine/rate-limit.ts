import { limitKeyOf, type Actor } from "../auth/actor";
import { LIMIT_EXCEEDED, RATE_LIMITED } from "./error-codes";

interface Rate {
  what: string;
  most: number;
  span: string;
  spanMs: number;
  isCounted: (operation: string) => boolean;
}

/** How many operations one actor may ask of one process within any span of that length, wherever it begins. */
export const RATES: readonly Rate[] = [
  { what: "mutations", most: 60, span: "a minute", spanMs: 60_000, isCounted: () => true },
  {
    what: "refunds",
    most: 10,
    span: "an hour",
    spanMs: 3_600_000,
    isCounted: (operation) => operation === "unenrollAndRefund",
  },
];

/** Why operations may not run now, or may never run together. */
export interface RateRefusal {
  code: typeof RATE_LIMITED | typeof LIMIT_EXCEEDED;
  message: string;
  /** When the same operations may be asked for again; undefined when they are too many for one request. */
  retryAfterSeconds?: number;
}

const ACTORS_AT_MOST = 10_000;

/**
 * Counts the operations that an actor asks for in one request, each by its public name; or refuses them all and counts
 * none. It knows nothing of GraphQL, so that every door of a server can share one limiter.
 */
export type RateLimiter = (operations: readonly string[], actor: Actor | null) => RateRefusal | null;

/**
 * Makes a limiter that counts every operation it lets run, whatever its outcome. Services are not limited, because
 * they act for many learners; nor are requests without an actor, because they may change nothing.
 */
export function rateLimiter(clock: () => Date): RateLimiter {
  const counters = RATES.map((rate) => new Counter(rate));
  return (operations, actor) => {
    if (operations.length === 0 || !actor || actor.isService) return null;
    const key = limitKeyOf(actor);
    const now = clock().getTime();
    for (const counter of counters) {
      const refusal = counter.refusal(key, operations, now);
      if (refusal) return refusal;
    }
    for (const counter of counters) counter.count(key, operations, now);
    return null;
  };
}

/** The times of each actor's counted operations, for as long as they count. */
class Counter {
  /** In the order of the latest time; the actors beyond the limit are forgotten, the oldest first. */
  private readonly timesByActor = new Map<string, number[]>();

  constructor(private readonly rate: Rate) {}

  refusal(actor: string, operations: readonly string[], now: number): RateRefusal | null {
    const { what, most, span, spanMs, isCounted } = this.rate;
    const asked = operations.filter(isCounted).length;
    if (asked > most)
      return {
        code: LIMIT_EXCEEDED,
        message: `The operation asks for ${asked} ${what}; at most ${most} are allowed.`,
      };
    const times = this.timesOf(actor, now);
    const excess = asked && times.length + asked - most;
    if (excess <= 0) return null;
    const retryAfterSeconds = Math.ceil((times[excess - 1]! + spanMs - now) / 1000);
    return {
      code: RATE_LIMITED,
      message: `At most ${most} ${what} ${span} are allowed. Try again in ${retryAfterSeconds} s.`,
      retryAfterSeconds,
    };
  }

  count(actor: string, operations: readonly string[], now: number): void {
    const counted = operations.filter(this.rate.isCounted).map(() => now);
    if (counted.length === 0) return;
    const times = [...this.timesOf(actor, now), ...counted];
    this.timesByActor.delete(actor);
    this.timesByActor.set(actor, times);
    for (const [first, known] of this.timesByActor) {
      const isOver = known.at(-1)! <= now - this.rate.spanMs;
      if (!isOver && this.timesByActor.size <= ACTORS_AT_MOST) break;
      this.timesByActor.delete(first);
    }
  }

  /** Times in the future were counted before the clock was set back; they no longer count. */
  private timesOf(actor: string, now: number): number[] {
    const times = this.timesByActor.get(actor) ?? [];
    return times.filter((time) => time > now - this.rate.spanMs && time <= now);
  }
}
