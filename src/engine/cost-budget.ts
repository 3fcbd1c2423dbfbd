import type { App } from "../app";
import { limitKeyOf, type Actor } from "../auth/actor";

/** The cost of an operation is the number of objects that it can return. Up to this many are free. */
export const FREE_OBJECTS = 3_000;

const ACTORS_AT_MOST = 10_000;
const MINUTE_MS = 60_000;

/** What an operation costs, and what is left of the actor's budget for this minute. */
export interface Cost {
  /** The cost of this operation. */
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

/** Charges an operation to its actor's budget; null when it is free, as for services, which act for many learners. */
export type CostBudget = (requested: number, actor: Actor | null) => Charge | null;

/** Makes a budget that is full again a minute after its first use. Each process counts by itself. */
export function costBudget({ clock, config }: Pick<App, "clock" | "config">): CostBudget {
  const limit = config.costPerMinute;
  const used = new Map<string, { since: number; cost: number }>();
  return (requested, actor) => {
    if (requested <= FREE_OBJECTS || !actor || actor.isService) return null;
    const [key, now] = [limitKeyOf(actor), clock().getTime()];
    let budget = used.get(key);
    if (!budget || now - budget.since >= MINUTE_MS || now < budget.since) {
      budget = { since: now, cost: 0 };
      used.delete(key);
      used.set(key, budget); // in the order of time: the first one is the oldest
      if (used.size > ACTORS_AT_MOST) used.delete(used.keys().next().value!);
    }
    const suffices = budget.cost + requested <= limit;
    if (suffices) budget.cost += requested;
    const retryAfterSeconds = suffices ? null : Math.ceil((budget.since + MINUTE_MS - now) / 1_000);
    return { cost: { requested, remaining: limit - budget.cost, limit }, retryAfterSeconds };
  };
}
