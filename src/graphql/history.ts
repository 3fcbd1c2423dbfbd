import { mayActForAnyone } from "../auth/actor";
import type { Entry, EntryCriteria, EntryPage } from "../history/entries";
import { changesBetween, TRACKED_TYPES, type Change, type TrackedType } from "../history/tracked-types";
import { decodeCursor, toConnection } from "./connection";
import type { Context } from "./context";
import { CHARACTER_OF, TYPE_OF } from "./history-enums";
import type { HistoryArgs } from "./history-inputs";
import { toDuration } from "./scalars";
import type { FieldChangeView, HistoryEntryConnection, HistoryEntryView } from "./types/history-entry";

const TYPES = Object.keys(TRACKED_TYPES) as TrackedType[];

/** What the arguments ask for. A learner's question never reaches what support wrote. */
export function criteriaOf({ actor }: Context, { filter }: HistoryArgs, asOf: Date | null): EntryCriteria {
  const { entityTypes, types, changedBy, changedFrom, changedBefore, ...same } = filter ?? {};
  const until = asOf && new Date(asOf.getTime() + 1);
  const seesAll = actor !== null && mayActForAnyone(actor);
  const ofLearners = (entityTypes ?? TYPES).filter((type) => type !== "SUPPORT_DETAIL");
  return {
    ...same,
    entityTypes: seesAll ? entityTypes : ofLearners,
    types: types?.map((type) => CHARACTER_OF[type]),
    userLabel: changedBy,
    from: changedFrom,
    before: until && changedBefore && changedBefore > until ? until : (changedBefore ?? until),
  };
}

/** The page the arguments ask for. */
export function entryPageOf({ first, after }: HistoryArgs): EntryPage {
  return { first, after: decodeCursor(after, "sequence")?.value ?? null };
}

/** A page of a history; the entries hold one more than asked for when more follow. */
export function toHistory(context: Context, entries: Entry[], first: number): HistoryEntryConnection {
  const page = { rows: entries.slice(0, first), hasNextPage: entries.length > first };
  return toConnection(
    page,
    ({ id, entityId }) => ({ value: id, id: entityId }),
    (entry) => toEntryView(context, entry),
  );
}

/** A change as the actor may see it: learners are not told which member of staff made it. */
export function toEntryView(context: Context, entry: Entry): HistoryEntryView {
  const changes =
    entry.type === "-" ? [] : changesBetween(entry.entityType, entry.previousImage, entry.image);
  const seesAll = context.actor !== null && mayActForAnyone(context.actor);
  return {
    entry,
    id: entry.id,
    entityType: entry.entityType,
    entityId: entry.entityId,
    type: TYPE_OF[entry.type],
    changedAt: entry.date,
    changedByLabel: maySeeWho(context, entry) ? entry.userLabel : null,
    source: entry.source,
    reason: entry.reason,
    requestId: entry.requestId,
    transactionId: entry.txid,
    changes: changes
      .filter(({ field }) => seesAll || !field.isInternal)
      .map((change) => toChangeView(entry.id, change)),
  };
}

/** Whether the actor may know who made a change. */
export function maySeeWho({ actor }: Context, { userId, userLabel }: Entry): boolean {
  if (!actor) return false;
  return mayActForAnyone(actor) || actor.userId === userId || userLabel === "system";
}

function toChangeView(entryId: string, { field: { field, kind }, from, to }: Change): FieldChangeView {
  return { id: `${entryId}:${field}`, kind, field, from: shown(kind, from), to: shown(kind, to) };
}

/** A stored value as its GraphQL field would have it; references by their id. */
function shown(kind: string, value: Change["to"]): unknown {
  if (value === null) return null;
  if (kind === "instant") return new Date(String(value)).toISOString();
  if (kind === "duration") return toDuration(Number(value));
  return kind === "value" ? value : String(value);
}
