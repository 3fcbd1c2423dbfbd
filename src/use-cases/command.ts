import { isDeepStrictEqual } from "node:util";
import { QueryFailedError, type EntityManager } from "typeorm";
import type { App } from "../app";
import { mayActForAnyone, owns, type Actor } from "../auth/actor";
import { CourseEntitlement } from "../entities/course-entitlement";
import type { CourseEntitlementSupportDetail } from "../entities/course-entitlement-support-detail";
import type { EntitlementFacts } from "../reads/entitlement-facts";
import { entitlementsById, standingOf } from "../reads/entitlements";
import { hasChangedSince } from "../reads/history-entries";
import type { TrackedType } from "../history/tracked-types";
import { isRefundPending, type Periods, type Standing } from "../rules/entitlement-rules";
import { Refusal } from "../refusal";
import { transact, type Change } from "../store/transact";

/** Somebody's wish to change something: who, when and as part of which request. */
export interface Request {
  app: App;
  actor: Actor;
  /** The instant all decisions of the request are taken at. */
  now: Date;
  requestId: string | null;
}

/** One transaction of a request, signed with the name of the command. It is either wholly done or not at all. */
export function act<T>(
  request: Request,
  reason: string,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  return again(() => transact(request.app.db, changeOf(request, reason), work));
}

/** Who makes the changes of a request, and by which command. */
export function changeOf({ actor, requestId }: Request, reason: string): Change {
  return { userId: actor.userId, userLabel: actor.username, reason, source: "API", requestId };
}

const RETRIES_AT_MOST = 3;
/** Serialization failure, deadlock, and what somebody else has just created or removed: it looks again. */
const RACES: ReadonlySet<string | undefined> = new Set(["40001", "40P01", "23505", "23503", "23001"]);
const LOCK_TIMEOUT = "55P03";

/** Decides anew when a transaction was undone because it met another one. */
export async function again<T>(work: () => Promise<T>, retries = RETRIES_AT_MOST): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code =
      error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;
    if (code === LOCK_TIMEOUT)
      throw new Refusal("CONFLICT", "Somebody else is changing this just now; please try again.");
    if (retries === 0 || !RACES.has(code)) throw error;
    return again(work, retries - 1);
  }
}

/** An entitlement that nobody else can change until the transaction ends, with all that decisions need. */
export interface LockedEntitlement {
  row: CourseEntitlement;
  facts: EntitlementFacts;
  standing: Standing;
  periods: Periods;
}

/**
 * Locks an entitlement, and refuses while its order may be paid back at any moment. Another learner's counts as
 * missing, so that ids cannot be probed.
 */
export async function lockEntitlement(
  tx: EntityManager,
  request: Request,
  id: string,
): Promise<LockedEntitlement> {
  return refuseFrozen(await lockForRefund(tx, request, id));
}

/** Locks an entitlement whatever becomes of its refund: for the steps of the refund itself. */
export async function lockForRefund(
  tx: EntityManager,
  { app, actor }: Request,
  id: string,
): Promise<LockedEntitlement> {
  const entitlement = await lockRow(tx, app, id);
  if (entitlement && (owns(actor, entitlement.facts) || mayActForAnyone(actor))) return entitlement;
  throw new Refusal("ENTITLEMENT_NOT_FOUND", NOT_FOUND, { field: "entitlementId" });
}

/** What the caller has seen of what a command changes. */
export interface Seen {
  /** The newest history entry that the caller has seen; a newer one means that somebody was faster. */
  expectedHistoryEntryId?: string | null;
}

/** Which entitlement, as the caller has seen it. */
export interface EntitlementReference extends Seen {
  entitlementId: string;
}

const NOT_FOUND = "There is no such entitlement.";

/** Locks anybody's entitlement, for commands that only those may give who may act for anyone. */
export async function lockAnyEntitlement(
  tx: EntityManager,
  { app }: Request,
  { entitlementId, ...seen }: EntitlementReference,
): Promise<LockedEntitlement> {
  const entitlement = await lockRow(tx, app, entitlementId);
  if (!entitlement) throw new Refusal("ENTITLEMENT_NOT_FOUND", NOT_FOUND, { field: "entitlementId" });
  refuseFrozen(entitlement);
  await refuseChanged(tx, "COURSE_ENTITLEMENT", entitlementId, seen);
  return entitlement;
}

/** Refuses when somebody has changed a locked row since the caller looked at it, if the caller says when that was. */
export async function refuseChanged(
  tx: EntityManager,
  type: TrackedType,
  id: string,
  { expectedHistoryEntryId }: Seen,
): Promise<void> {
  if (expectedHistoryEntryId && (await hasChangedSince(tx, type, id, expectedHistoryEntryId)))
    throw new Refusal("CONFLICT", "Somebody else has changed it since you looked at it.", {
      field: "expectedHistoryEntryId",
    });
}

function refuseFrozen(entitlement: LockedEntitlement): LockedEntitlement {
  if (!isRefundPending(entitlement.standing)) return entitlement;
  throw new Refusal("REFUND_PENDING", "A refund of this entitlement is under way.", {
    field: "entitlementId",
  });
}

/** Locks an entitlement, whoever asks and whatever its state; null when there is none. */
export async function lockRow(tx: EntityManager, app: App, id: string): Promise<LockedEntitlement | null> {
  const row = await tx.findOne(CourseEntitlement, { where: { id }, lock: { mode: "for_no_key_update" } });
  const [facts] = row ? await entitlementsById(tx, [id]) : [];
  if (!row || !facts) return null;
  return { row, facts, standing: standingOf(facts), periods: facts.policy ?? app.config.defaultPeriods };
}

/**
 * Writes what a decision has changed of a locked entitlement, if anything, with the support detail that says why, and
 * returns how it stands now.
 */
export async function save(
  tx: EntityManager,
  { now }: Pick<Request, "now">,
  { row }: LockedEntitlement,
  changes: Partial<CourseEntitlement>,
  detail?: CourseEntitlementSupportDetail,
): Promise<EntitlementFacts> {
  const isChanged = Object.entries(changes).some(
    ([field, value]) => !isDeepStrictEqual(row[field as keyof CourseEntitlement], value),
  );
  const rows = isChanged ? [Object.assign(row, changes, { modifiedAt: now })] : [];
  await tx.save(detail ? [detail, ...rows] : rows);
  const [facts] = await entitlementsById(tx, [row.id]);
  return facts!;
}
