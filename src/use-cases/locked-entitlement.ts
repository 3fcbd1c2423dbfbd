import { isDeepStrictEqual } from "node:util";
import type { EntityManager } from "typeorm";
import type { App } from "../app";
import { mayActFor, type Actor } from "../auth/actor";
import { CourseEntitlement } from "../entities/course-entitlement";
import type { CourseEntitlementSupportDetail } from "../entities/course-entitlement-support-detail";
import { choosingOf } from "../reads/decisions/choosing";
import {
  entitlementsById,
  ownerOf,
  type EntitlementFacts,
  type EntitlementOwner,
} from "../reads/entitlement-facts";
import { isRefundPending, redeemBlocker } from "../rules/entitlement-rules";
import type { Choosing } from "../rules/session-rules";
import { Refusal } from "../refusal";
import type { Database } from "../store/statement";
import type { CommandRequest } from "./command";
import { idOfNamed, type LearnerReference } from "./learner";
import { refuseChanged, type Seen } from "./seen";

/** An entitlement that nobody else can change until the transaction ends, with all that decisions need. */
export interface LockedEntitlement extends Choosing {
  row: CourseEntitlement;
  facts: EntitlementFacts;
}

/** Identifies an entitlement, and the history entry up to which the caller has read it. */
export interface EntitlementReference extends Seen {
  entitlementId: string;
}

/** Identifies an entitlement, and the learner who must own it when the caller gives the command for a learner. */
export interface OwnReference extends LearnerReference {
  entitlementId: string;
}

const FIELD = { field: "entitlementId" };

/**
 * Locks an entitlement, and refuses while a refund of its order is in progress. Another learner's entitlement counts
 * as missing, so that ids cannot be probed.
 */
export async function lockEntitlement(
  tx: EntityManager,
  request: CommandRequest,
  reference: OwnReference,
): Promise<LockedEntitlement> {
  return refuseFrozen(await lockForRefund(tx, request, reference));
}

/**
 * Locks an entitlement even while a refund is pending, for the steps of the refund itself. Whose it is, is asked before
 * and after: who may not have it must not wait for its lock, which would show that it exists and keep others out.
 */
export async function lockForRefund(
  tx: EntityManager,
  { app, actor }: CommandRequest,
  { entitlementId, ...learner }: OwnReference,
): Promise<LockedEntitlement> {
  const isFor = await visibility(tx, actor, learner);
  const owner = await ownerOf(tx, entitlementId);
  if (!owner || !isFor(owner)) throw notFound();
  const entitlement = await lockRow(tx, app, entitlementId);
  if (!entitlement || !isFor(entitlement.facts)) throw notFound();
  return entitlement;
}

/** An entitlement that a caller may give commands on, not locked; null where it counts as missing. */
export async function visibleEntitlement(
  db: Database,
  { actor }: Pick<CommandRequest, "actor">,
  { entitlementId, ...learner }: OwnReference,
): Promise<EntitlementFacts | null> {
  const isFor = await visibility(db, actor, learner);
  const [facts] = await entitlementsById(db, [entitlementId]);
  return facts && isFor(facts) ? facts : null;
}

/** Whether a caller may give commands for an owner, who is also the learner that the reference names, if it names one. */
async function visibility(db: Database, actor: Actor, learner: LearnerReference) {
  const named = await idOfNamed(db, learner);
  return (owner: EntitlementOwner) =>
    mayActFor(actor, owner) && (named === undefined || named === owner.userId);
}

/**
 * Locks the entitlement of any learner, for commands that learners may not give; refuses while a refund or an enrollment
 * is pending.
 */
export async function lockAnyEntitlement(
  tx: EntityManager,
  request: CommandRequest,
  reference: EntitlementReference,
): Promise<LockedEntitlement> {
  const entitlement = await lockUnlessRefunding(tx, request, reference);
  if (!entitlement.standing.isEnrollmentPending) return entitlement;
  throw new Refusal(
    "PENDING_ENROLLMENT",
    "The LMS has not yet said whether it enrolls the learner. Wait for its answer, or reissue the entitlement.",
    FIELD,
  );
}

/** Locks the entitlement of any learner, for commands that also end what is asked of the LMS; refuses while a refund is pending. */
export async function lockUnlessRefunding(
  tx: EntityManager,
  request: CommandRequest,
  reference: EntitlementReference,
): Promise<LockedEntitlement> {
  return refuseFrozen(await lockAnyWhateverRefund(tx, request, reference));
}

/** Locks the entitlement of any learner even while a refund is pending. */
export async function lockAnyWhateverRefund(
  tx: EntityManager,
  { app }: CommandRequest,
  { entitlementId, ...seen }: EntitlementReference,
): Promise<LockedEntitlement> {
  const entitlement = await lockRow(tx, app, entitlementId);
  if (!entitlement) throw notFound();
  await refuseChanged(tx, "course_entitlement", entitlementId, seen);
  return entitlement;
}

function notFound(): Refusal {
  return new Refusal("ENTITLEMENT_NOT_FOUND", "This entitlement does not exist.", FIELD);
}

/** Refuses to change an entitlement while a refund of its order is pending. */
export function refuseFrozen(entitlement: LockedEntitlement): LockedEntitlement {
  if (!isRefundPending(entitlement.standing)) return entitlement;
  throw new Refusal(
    "REFUND_PENDING",
    "A refund of this entitlement is pending. Wait until the refund has ended.",
    FIELD,
  );
}

/** Refuses to make an entitlement usable again after its order has been refunded. */
export function refuseRefunded({ facts }: LockedEntitlement): void {
  if (facts.expiryCause === "REFUNDED")
    throw new Refusal("ENTITLEMENT_REFUNDED", "The order of this entitlement has been refunded.", FIELD);
}

/**
 * Refuses an entitlement that could not be redeemed: it would be of no use to the learner, and the next sweep would
 * expire it.
 */
export function refuseUseless(
  { standing, periods }: Pick<LockedEntitlement, "standing" | "periods">,
  now: Date,
  field = "entitlementId",
): void {
  const blocker = redeemBlocker(standing, periods, now);
  if (blocker === "EXPIRATION_PERIOD_OVER")
    throw new Refusal(
      "ENTITLEMENT_NOT_REDEEMABLE",
      "This entitlement could not be redeemed and would expire at once: its expiration period is over.",
      { field, blocker },
    );
}

/** Locks an entitlement without any check of its owner or state; null when there is none. */
export async function lockRow(tx: EntityManager, app: App, id: string): Promise<LockedEntitlement | null> {
  const row = await tx.findOne(CourseEntitlement, { where: { id }, lock: { mode: "for_no_key_update" } });
  const [facts] = row ? await entitlementsById(tx, [id]) : [];
  if (!row || !facts) return null;
  return { row, facts, ...choosingOf(facts, app.config) };
}

/**
 * Writes what a decision has changed of a locked entitlement, if anything, with the support detail that says why, and
 * returns how it stands now.
 */
export async function save(
  tx: EntityManager,
  { now }: Pick<CommandRequest, "now">,
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

/** Ends the link to an enrollment that the entitlement does not pay for any more, so that history tells since when it does again. */
export const endLink = (
  tx: EntityManager,
  asking: Pick<CommandRequest, "now">,
  entitlement: LockedEntitlement,
) => save(tx, asking, entitlement, { enrollmentId: null, redeemedAt: null });
