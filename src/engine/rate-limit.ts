import { GraphQLError, OperationTypeNode, type DocumentNode, type OperationDefinitionNode } from "graphql";
import type { Actor } from "../auth/actor";
import { rootFieldsOf } from "./documents/documents";
import { limitExceeded } from "./documents/limits";

interface Rate {
  what: string;
  most: number;
  span: string;
  spanMs: number;
  isCounted: (field: string) => boolean;
}

/** What one actor may ask of one process within any span of that length, wherever it begins. */
export const RATES: readonly Rate[] = [
  { what: "mutations", most: 60, span: "a minute", spanMs: 60_000, isCounted: () => true },
  {
    what: "refunds",
    most: 10,
    span: "an hour",
    spanMs: 3_600_000,
    isCounted: (field) => field === "unenrollAndRefund",
  },
];

/** Marks an error as one of haste; `retryAfterSeconds` beside it tells when the same may be asked again. */
export const RATE_LIMITED = "RATE_LIMITED";

const ACTORS_AT_MOST = 10_000;

/** Counts the mutations of an operation, or tells why it may not run now. */
export type RateLimiter = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  actor: Actor | null,
) => GraphQLError | null;

/**
 * A limiter that counts every mutation it lets run, whatever comes of it: an operation runs with all of its mutations
 * or not at all. Services are not limited, as they ask for many people.
 */
export function rateLimiter(clock: () => Date): RateLimiter {
  const counters = RATES.map((rate) => new Counter(rate));
  return (document, operation, actor) => {
    if (operation.operation !== OperationTypeNode.MUTATION || !actor || actor.isService) return null;
    const fields = rootFieldsOf(document, operation);
    const key = actor.userId ?? `@${actor.username}`;
    const now = clock().getTime();
    for (const counter of counters) {
      const refusal = counter.refusal(key, fields, now);
      if (refusal) return refusal;
    }
    for (const counter of counters) counter.count(key, fields, now);
    return null;
  };
}

/** Remembers when each actor did what is counted, for as long as it counts. */
class Counter {
  /** In the order of the last time; what is beyond the number is forgotten. */
  private readonly timesByActor = new Map<string, number[]>();

  constructor(private readonly rate: Rate) {}

  refusal(actor: string, fields: readonly string[], now: number): GraphQLError | null {
    const { what, most, span, spanMs, isCounted } = this.rate;
    const asked = fields.filter(isCounted).length;
    if (asked > most) return limitExceeded(what, asked, most);
    const times = this.timesOf(actor, now);
    const excess = asked && times.length + asked - most;
    if (excess <= 0) return null;
    const seconds = Math.ceil((times[excess - 1]! + spanMs - now) / 1000);
    return new GraphQLError(`At most ${most} ${what} ${span} are allowed. Try again in ${seconds} s.`, {
      extensions: { code: RATE_LIMITED, retryAfterSeconds: seconds },
    });
  }

  count(actor: string, fields: readonly string[], now: number): void {
    const counted = fields.filter(this.rate.isCounted).map(() => now);
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

  /** Times in the future were counted before the clock was put back; they count no more. */
  private timesOf(actor: string, now: number): number[] {
    const times = this.timesByActor.get(actor) ?? [];
    return times.filter((time) => time > now - this.rate.spanMs && time <= now);
  }
}
