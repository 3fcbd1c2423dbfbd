import type { App } from "../app";
import { limitKeyOf, type Actor } from "../auth/actor";
import { LIMITS } from "./documents/limits";

/**
 * An operation that can cost more than this, in objects of a page, is large: it is charged before it runs. The others are
 * charged after they have run, by the length of their answer and by what was really looked up for it, which nothing tells
 * before.
 */
export const LARGE_COST = 3_000;
/** An answer to one of the others is charged when it is longer than this. */
export const FREE_BYTES = 50_000;
/** And when it has more than so much beside its pages: looks at other times, proofs and total numbers. */
export const FREE_WORK = 400;
/** So many bytes of such an answer cost as much as one object of a large operation. */
export const BYTES_OF_AN_OBJECT = 200;

const ACTORS_AT_MOST = 10_000;
const MINUTE_MS = 60_000;

/** What an operation costs, and what is left of the actor's budget for this minute. */
export interface Cost {
  /** What this operation can cost, or has cost, in objects of a page: never more than an operation may ask for. */
  requested: number;
  /** The cost that is left before the budget is full again. */
  remaining: number;
  /** The whole budget. */
  limit: number;
}

/** The decision of a budget about an operation: its cost, and how long to wait when the budget is not sufficient. */
export interface Charge {
  /** As the answer tells it. */
  cost: Cost;
  /** Null when the budget is sufficient. */
  retryAfterSeconds: number | null;
}

/** What one operation is charged. */
export interface Bill {
  /** Decides before it runs, and charges a large one; null when a smaller one may run. */
  before(cost: number): Charge | null;
  /** Charges one that was not charged before it ran for its work beside its pages; null where that is little. */
  worked(work: number): Cost | null;
  /** Charges one that was not charged before it ran, if its answer is long. */
  after(answerBytes: number): void;
}

/** The bills of an actor's operations. Services, which act for many learners, are charged nothing. */
export type CostBudget = (actor: Actor | null) => Bill;

const FREE: Bill = { before: () => null, worked: () => null, after: () => undefined };

/** Makes a budget that is full again a minute after its first use. Each process counts by itself. */
export function costBudget({ clock, config }: Pick<App, "clock" | "config">): CostBudget {
  const limit = config.costPerMinute;
  const used = new Map<string, { since: number; cost: number }>();

  function budgetOf(key: string, now: number) {
    let budget = used.get(key);
    if (!budget || now - budget.since >= MINUTE_MS || now < budget.since) {
      budget = { since: now, cost: 0 };
      used.delete(key);
      used.set(key, budget); // in the order of time: the first one is the oldest
      if (used.size > ACTORS_AT_MOST) used.delete(used.keys().next().value!);
    }
    return budget;
  }

  return (actor) => {
    if (!actor || actor.isService) return FREE;
    const key = limitKeyOf(actor);
    let isCharged = false;
    return {
      before(cost) {
        const now = clock().getTime();
        const budget = budgetOf(key, now);
        const requested = Math.min(cost, LIMITS.objects); // so that no budget is too small for what is allowed
        isCharged = cost > LARGE_COST;
        const suffices = isCharged ? budget.cost + requested <= limit : budget.cost < limit;
        if (suffices && !isCharged) return null;
        if (suffices) budget.cost += requested;
        const remaining = Math.max(0, limit - budget.cost);
        const retryAfterSeconds = suffices ? null : Math.ceil((budget.since + MINUTE_MS - now) / 1_000);
        return { cost: { requested, remaining, limit }, retryAfterSeconds };
      },
      worked(work) {
        if (isCharged || work <= FREE_WORK) return null;
        const budget = budgetOf(key, clock().getTime());
        budget.cost += work;
        return { requested: work, remaining: Math.max(0, limit - budget.cost), limit };
      },
      after(answerBytes) {
        if (!isCharged && answerBytes > FREE_BYTES)
          budgetOf(key, clock().getTime()).cost += Math.ceil(answerBytes / BYTES_OF_AN_OBJECT);
      },
    };
  };
}
