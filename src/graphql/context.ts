import DataLoader from "dataloader";
import type { App } from "../app";
import type { Actor } from "../auth/actor";
import type { EntitlementFacts } from "../entities/entitlement-facts";
import { sessionsOfCourses, type SessionFacts } from "../entities/session-queries";
import { CourseEntitlementView } from "./types/course-entitlement";

/** What every resolver is given. */
export interface Context {
  app: App;
  /** Null when nobody has said who they are. */
  actor: Actor | null;
  /** One instant per request, so that all its answers agree. */
  now: Date;
  /** In the log, in the history and in errors. */
  requestId: string;
  loaders: Loaders;
}

/** One statement for all objects of a request that ask for the same thing. */
export class Loaders {
  readonly sessions: DataLoader<EntitlementFacts, SessionFacts[], string>;
  private readonly pages = new Map<string, DataLoader<string, unknown>>();

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

  /** Batches a nested list: one loader for each field and its arguments. */
  page<T>(field: string, load: (ids: readonly string[]) => Promise<T[]>): DataLoader<string, T> {
    const loader = this.pages.get(field) ?? new DataLoader<string, unknown>(load);
    this.pages.set(field, loader);
    return loader as DataLoader<string, T>;
  }
}

/** What a new request starts with. */
export function createContext(app: App, actor: Actor | null, requestId: string): Context {
  return { app, actor, now: app.clock(), requestId, loaders: new Loaders(app) };
}

/** An entitlement at the instant of the request, or at an earlier one. */
export function toEntitlement(
  { app, now }: Context,
  facts: EntitlementFacts,
  instant = now,
): CourseEntitlementView {
  const { defaultPeriods, expirationAlertDays } = app.config;
  return new CourseEntitlementView(facts, { now: instant, defaultPeriods, expirationAlertDays });
}
