import { mayReadAnyone, owns, ROLES } from "../auth/actor";
import type { Entry } from "../reads/finding/entry-rows";
import { countEntriesOf, entriesOf } from "../reads/history-entries";
import type { EntryCriteria } from "../reads/finding/entry-criteria";
import {
  changesBetween,
  TRACKED_TYPES,
  type Change,
  type Image,
  type TrackedType,
} from "../history/tracked-types";
import { connectionOf, type List } from "./pages/connection";
import { learnerToTell, type Context } from "./context";
import { Cursors } from "./pages/cursors";
import { CHARACTER_OF, TYPE_OF } from "./history-enums";
import type { HistoryArgs } from "./history-inputs";
import { atInstant, pastOf } from "./types/past";
import { shown } from "../reads/feed/shown";
import type { FieldChangeView, HistoryEntryConnection, HistoryEntryView } from "./types/history-entry";

const TYPES = Object.keys(TRACKED_TYPES) as TrackedType[];

/**
 * What the arguments ask for. A learner's question never reaches what support wrote, nor finds out who changed what, or who
 * had an entitlement before: other usernames than the learner's own count as those of no account.
 */
export function criteriaOf(
  { actor }: Context,
  { filter }: Pick<HistoryArgs, "filter">,
  asOf: Date | null,
): EntryCriteria {
  const { entityTypes, types, usernames, changedBy, changedFrom, changedBefore, ...same } = filter ?? {};
  const seesAll = actor !== null && mayReadAnyone(actor);
  const mayAsk = !changedBy || changedBy === "system" || changedBy === actor?.username;
  const ofRequest = filter?.requestId && !seesAll ? actor?.username : null; // nobody else's requests are told
  const isOwn = (name: string) => name.toLowerCase() === actor?.username.toLowerCase();
  const ownName = usernames && (usernames.some(isOwn) ? [actor!.username] : []);
  const ofLearners = (entityTypes ?? TYPES).filter((type) => mayAsk && type !== "SUPPORT_DETAIL");
  return {
    ...same,
    entityTypes: seesAll ? entityTypes : ofLearners,
    usernames: seesAll ? usernames : ownName,
    types: types?.map((type) => CHARACTER_OF[type]),
    userLabel: changedBy ?? ofRequest,
    from: changedFrom,
    before: changedBefore,
    asOf,
  };
}

/** The cursors of the history of all objects, or of one object of a type. */
function cursorsOf(type: TrackedType | null): Cursors {
  return new Cursors(`${type ? `${type}.` : ""}history.ID.DESC`, "sequence");
}

/**
 * A page of the history of an object and of what belongs to it: one statement for all objects of a request that ask
 * alike. Of an object of an earlier instant it is that of then. The learner is the one of the entitlement that it is of.
 */
export async function historyOf(
  context: Context,
  type: TrackedType,
  object: { id: string },
  args: HistoryArgs,
  learner: { userId: string } | null = null,
): Promise<HistoryEntryConnection> {
  const asOf = pastOf(object);
  const criteria = {
    ...criteriaOf(context, args, asOf),
    learnerId: learner && learnerToTell(context, learner),
  };
  const { app, loaders } = context;
  const { id } = object;
  const name = `history:${type}:${JSON.stringify(criteria)}`;
  return toHistory(context, args, type, learner && learner.userId, {
    asOf,
    read: (page) =>
      loaders
        .named(`${name}:${JSON.stringify(page)}`, (ids) => entriesOf(app.db, type, ids, criteria, page))
        .load(id),
    count: () =>
      loaders.named(`${name}:count`, (ids) => countEntriesOf(app.db, type, ids, criteria)).load(id),
  });
}

/** A page of a history, given how to read and count it. */
export async function toHistory(
  context: Context,
  args: HistoryArgs,
  type: TrackedType | null,
  learnerId: string | null,
  {
    read,
    count,
    asOf,
  }: Pick<List<Entry, HistoryEntryView>, "read"> &
    Pick<HistoryEntryConnection, "count"> & { asOf: Date | null },
): Promise<HistoryEntryConnection> {
  const list: List<Entry, HistoryEntryView> = {
    cursors: cursorsOf(type),
    keyOf: ({ id, entityId }) => ({ value: id, id: entityId }),
    toNode: (entry) => atInstant(toEntryView(context, entry, learnerId), asOf),
    read,
  };
  return { ...(await connectionOf(list, args)), count };
}

/**
 * A change as the actor may see it: learners do not see which member of staff made it, by which request, nor the state
 * of an entitlement of theirs while it belonged to another learner.
 */
export function toEntryView(context: Context, entry: Entry, learnerId: string | null): HistoryEntryView {
  const seesAll = context.actor !== null && mayReadAnyone(context.actor);
  const maySeeImage = (image: Image | null) =>
    seesAll || entry.entityType !== "COURSE_ENTITLEMENT" || String(image?.["userId"]) === learnerId;
  const before = maySeeImage(entry.previousImage) ? entry.previousImage : null;
  const isTold = entry.type !== "-" && maySeeImage(entry.image);
  const changes = isTold ? changesBetween(entry.entityType, before, entry.image) : [];
  return {
    entry,
    learnerId,
    id: entry.id,
    entityType: entry.entityType,
    entityId: entry.entityId,
    type: TYPE_OF[entry.type],
    changedAt: entry.date,
    changedByLabel: maySeeWho(context, entry) ? entry.userLabel : null,
    changedByRole: maySeeWho(context, entry) ? (ROLES.find((role) => role === entry.userRole) ?? null) : null,
    source: entry.source,
    reason: entry.reason,
    operation: entry.reason.split(" ", 1)[0]!,
    requestId: maySeeWho(context, entry) ? entry.requestId : null,
    transactionId: entry.txid,
    changes: changes
      .filter(({ field }) => seesAll || field.told === "everyone")
      .map((change) => toChangeView(entry.id, change)),
  };
}

/** Whether the actor may know who made a change. */
export function maySeeWho({ actor }: Context, { userId, userLabel }: Entry): boolean {
  if (!actor) return false;
  const isOwn = userId !== null && owns(actor, { userId, username: userLabel });
  return mayReadAnyone(actor) || isOwn || userLabel === "system";
}

function toChangeView(entryId: string, { name, field: { as, kind }, from, to }: Change): FieldChangeView {
  const field = as ?? name;
  return { id: `${entryId}:${field}`, kind, field, from: shown(kind, from), to: shown(kind, to) };
}
