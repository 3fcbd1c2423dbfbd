import DataLoader from "dataloader";
import type { App } from "../app";
import type { Messages } from "../messages/catalog";
import { LANGUAGES, type Language } from "../messages/language";
import { mayReadAnyone, owns, type Actor } from "../auth/actor";
import type { DecisionTime } from "../reads/decisions/expired";
import type { EntitlementFacts } from "../reads/entitlement-facts";
import { sessionsOfCourses, type SessionFacts } from "../reads/sessions";

/** What every resolver is given. */
export interface Context {
  app: App;
  /** Null when the request is not authenticated. */
  actor: Actor | null;
  /** One instant per query, or per mutation of an operation, so that all that it answers agrees. */
  now: Date;
  /** In the log, in the history and in errors. */
  requestId: string;
  /** What a learner can be told of blockers, in the language of the request. */
  messages: Messages;
  loaders: Loaders;
  /** What was done until now beside the pages themselves, by `COST`. */
  work: number;
}

/** How many objects of a page are as much work as a look at another time or a proof, and as counting all objects of a list. */
export const COST = { page: 1, objects: 1, look: 4, value: 0, total: 200 };

/** Counts a look at another time, a proof or a total number, whose answer is short for the work that it makes. */
export function countWork(context: Context, kind: "look" | "total"): void {
  context.work += COST[kind];
}

/** One statement for all objects of a request that ask for the same thing. */
class Loaders {
  readonly sessions: DataLoader<EntitlementFacts, SessionFacts[], string>;
  private readonly byName = new Map<string, DataLoader<string, unknown>>();

  constructor(app: App) {
    this.sessions = new DataLoader(
      (asked) =>
        sessionsOfCourses(
          app.db,
          asked.map(({ userId, courseUuid }) => ({ userId, key: courseUuid })),
        ),
      { cacheKeyFn: ({ userId, courseUuid }) => `${userId}:${courseUuid}` },
    );
  }

  /** Forgets what was loaded, because it may have been changed. */
  clear(): void {
    this.sessions.clearAll();
    this.byName.clear();
  }

  /** The loader of this name, which tells what it loads and with which arguments; made when first asked for. */
  named<T>(name: string, load: (ids: readonly string[]) => Promise<T[]>): DataLoader<string, T> {
    const loader = this.byName.get(name) ?? new DataLoader<string, unknown>(load);
    this.byName.set(name, loader);
    return loader as DataLoader<string, T>;
  }
}

/** What a new request starts with. */
export function createContext(
  app: App,
  actor: Actor | null,
  requestId: string,
  language: Language = "en",
): Context {
  const messages = LANGUAGES[language];
  return { app, actor, now: app.clock(), requestId, messages, loaders: new Loaders(app), work: 0 };
}

/**
 * Prepares for the next mutation of the same operation: it must not show what was loaded for this one, and happens
 * later, so that lists in the order of time have its changes in their place.
 */
export function afterMutation(context: Context): void {
  context.loaders.clear();
  context.now = new Date(Math.max(context.app.clock().getTime(), context.now.getTime() + 1));
}

/** What lists of entitlements that are decided depend on, now or at an earlier instant. */
export function timeOf({ app, now }: Context, asOf: Date | null = null): DecisionTime {
  return { now: asOf ?? now, defaultPeriods: app.config.defaultPeriods };
}

/**
 * The learner who may see the past of an entitlement only for the time when it was theirs; null when the caller may see
 * all of it.
 */
export function learnerToTell({ actor }: Context, learner: { userId: string }): string | null {
  return actor !== null && (actor.isService || mayReadAnyone(actor)) ? null : learner.userId;
}

/** Another learner's entitlement counts as missing, so that ids cannot be probed. */
export function maySee({ actor }: Context, learner: { userId: string; username: string | null }): boolean {
  return actor !== null && (actor.isService || mayReadAnyone(actor) || owns(actor, learner));
}

/** Whether an account is the actor's own. */
export function isCaller({ id, username }: { id: string; username: string }, actor: Actor | null): boolean {
  return actor !== null && owns(actor, { userId: id, username });
}
