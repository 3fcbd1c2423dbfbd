import type { App } from "../../app";
import { mayReadAnyone, type Actor } from "../../auth/actor";
import { createContext } from "../../graphql/context";
import { toEntryView } from "../../graphql/history";
import { userByUsername, userNamed } from "../../reads/accounts/users";
import type { FeedEntry, FeedScope } from "../../reads/feed/feed";

/** What a reader of changes has chosen; null is everything that the reader may see. */
export interface Choice {
  entitlementId: string | null;
  username: string | null;
}

/** The changes that a follower may see, and the fields of them. */
export interface Audience {
  /** What has to be read; not all of it may be told. */
  scope: FeedScope;
  /** A change as this audience is told it, as JSON; null when it is not. */
  tell: (entry: FeedEntry) => string | null;
}

/**
 * Who reads for all learners is told everything, or what they have chosen. A learner is told what happens to entitlements
 * of their own while these are theirs, and never what support has written. Null where the learner is not known, and to a
 * learner no other is.
 */
export async function audienceOf(
  app: App,
  actor: Actor,
  { entitlementId, username }: Choice,
  requestId: string,
): Promise<Audience | null> {
  const context = createContext(app, actor, requestId);
  const seesAll = mayReadAnyone(actor);
  const own = seesAll ? null : (actor.userId ?? (await userByUsername(app.db, actor.username))?.id ?? null);
  const chosen = username === null ? null : ((await userNamed(app.db, username))?.id ?? null);
  if (!seesAll && own === null) return null;
  if (username !== null && (chosen === null || (!seesAll && chosen !== own))) return null;

  const isTold = (entry: FeedEntry) =>
    (entitlementId === null || entry.entitlementId === entitlementId) &&
    (chosen === null || entry.learnerId === chosen) &&
    (seesAll || (entry.learnerId === own && entry.isTold && entry.entityType !== "SUPPORT_DETAIL"));
  const tell = (entry: FeedEntry) => {
    if (!isTold(entry)) return null;
    const { entry: _entry, learnerId: _learnerId, changes, ...view } = toEntryView(context, entry, own);
    const told = changes.map(({ field, from, to }) => ({ field, from, to }));
    return JSON.stringify({
      ...view,
      position: Number(entry.position),
      settledAt: entry.settledAt,
      entitlementId: entry.entitlementId,
      changes: told,
    });
  };
  return { scope: { entitlementId, learnerId: chosen ?? own }, tell };
}
