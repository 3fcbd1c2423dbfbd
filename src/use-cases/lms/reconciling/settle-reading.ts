import type { EntityManager } from "typeorm";
import type { App } from "../../../app";
import { CourseEnrollment } from "../../../entities/course-enrollment";
import { CourseRun } from "../../../entities/course-run";
import type { Refund } from "../../../entities/refund";
import { choosingOf } from "../../../reads/decisions/choosing";
import {
  entitlementsAround,
  recordedEnrollment,
  type RecordedEnrollment,
} from "../../../reads/lms/recorded-enrollment";
import {
  isRefundPending,
  redeemBlocker,
  refundRequestBlocker,
  type RefundRequestBlocker,
} from "../../../rules/entitlement-rules";
import { reconciliation, type HeldSeat, type Reconciliation } from "../../../rules/lms/reconcile-rules";
import { databaseNow } from "../../../store/database-clock";
import { storeAccounts } from "../../accounts/record-accounts";
import { prove } from "../../attempts/prove";
import { decidedAt, lockCall } from "../../enrollment-calls/ask";
import { endLink, lockRow, save, type LockedEntitlement } from "../../locked-entitlement";
import { newRefund, succeeded } from "../../refunds/new-refund";
import { expiryIfOver, occupy } from "../../sessions/redeem";
import { takeBack } from "../../sessions/release";
import { asTold } from "../../enrollment-calls/as-told";
import type { Reading } from "./read-enrollment";

/** What has become of the order of an entitlement whose learner was taken out of the run. */
interface Cleared {
  /** The refund that was requested; null for none. */
  refund: Refund | null;
  /** Why the order could not be refunded when that was wanted; null when it could, and when it was not wanted. */
  refundBlocker: RefundRequestBlocker | null;
}

/** What was done about what the LMS has said. */
export interface Settled extends Cleared {
  kind: Reconciliation["kind"];
  /** The entitlement that it concerns, the first of several; null for none. */
  entitlementId: string | null;
  /** Whether the enrollment was recorded otherwise before. */
  isNews: boolean;
  /** Whether the learner is enrolled in the run. */
  isEnrolled: boolean;
}

/**
 * Brings what is recorded to what the LMS has said, in the transaction of its caller. The LMS is asked for nothing: what
 * has happened there has happened. Null when the record has changed since the LMS was asked, so that its answer may be out
 * of date.
 */
export async function settleReading(
  tx: EntityManager,
  app: App,
  reading: Reading,
  isRefundWanted: boolean,
): Promise<Settled | null> {
  const { courseRunKey, lms } = reading;
  const locked: LockedEntitlement[] = [];
  for (const id of await entitlementsAround(tx, reading)) {
    const entitlement = await lockRow(tx, app, id);
    if (entitlement) locked.push(entitlement);
  }
  // Whoever redeems an entitlement for the run waits here, and so does this.
  await tx.findOne(CourseRun, { where: { key: courseRunKey }, lock: { mode: "for_no_key_update" } });
  if (reading.before.id) await lockCall(tx, reading.before.id);
  const recorded = await recordedEnrollment(tx, reading);
  if (!recorded || versionOf(recorded) !== versionOf(reading.before)) return null;
  if (reading.renamed) await storeAccounts(tx, [reading.renamed], reading.seenAt ?? app.clock());
  const known = seatOf(recorded);
  const now = app.clock();
  // Imports can bring several for one enrollment: what ends for the first of them ends for all, by the same rules.
  const linked = locked.filter(({ row, facts }) => row.enrollmentId === recorded.id && facts.enrollment);
  const [first = null] = linked;
  const decided = reconciliation({
    lms,
    known,
    callState: recorded.callState,
    linked: first && { ...first, isRefundPending: linked.some(({ standing }) => isRefundPending(standing)) },
    // An LMS without entitlements has redeemed none: what it enrolls in a paid mode was bought there.
    redeemable: app.config.lms?.entitlements === "plugin" ? redeemableOf(locked, now) : [],
  });
  const entitlementId = "entitlementId" in decided ? decided.entitlementId : null;
  const settled: Settled = {
    kind: decided.kind,
    entitlementId,
    isNews: decided.kind !== "WAIT" && !isSame(known, lms),
    isEnrolled: lms?.isActive ?? false,
    refund: null,
    refundBlocker: null,
  };
  if (decided.kind === "WAIT") return settled;
  const enrollmentId = await record(tx, reading, recorded);
  if (decided.kind === "LINK") {
    const used = locked.find(({ id }) => id === entitlementId);
    await occupy(tx, { app, now }, used!, enrollmentId!, now);
  }
  if (decided.kind !== "CLEAR") return settled;
  const cleared: Cleared[] = [];
  for (const each of linked)
    // One that had ended before was not redeemed any more: only the link is left to end.
    if (recorded.isActive || reading.seenAt === null)
      cleared.push(await clear(tx, app, each, isRefundWanted));
    else await endLink(tx, { now }, each);
  return { ...settled, ...cleared[0] };
}

/** Ends the link of an entitlement. What was too late to leave, and what could be refunded, is decided before. */
async function clear(
  tx: EntityManager,
  app: App,
  entitlement: LockedEntitlement,
  isRefundWanted: boolean,
): Promise<Cleared> {
  const { facts } = entitlement;
  const { refund: shop, ...terms } = app.config;
  const now = app.clock();
  const redeemed = { ...facts, enrollment: { ...facts.enrollment!, isActive: true } };
  const { standing, periods } = choosingOf(redeemed, terms);
  const refundBlocker = isRefundWanted ? refundRequestBlocker(standing, periods, now, shop.isHandled) : null;
  const final = expiryIfOver({ standing, periods }, await decidedAt(tx, facts, now), now);
  await save(tx, { now }, entitlement, { enrollmentId: null, redeemedAt: null, ...final });
  const isRefunded = isRefundWanted && refundBlocker === null;
  return { refund: isRefunded ? await queue(tx, app, entitlement) : null, refundBlocker };
}

/** Requests a refund, with proof that it can be settled, and leaves all attempts to the sweep. */
async function queue(tx: EntityManager, app: App, entitlement: LockedEntitlement): Promise<Refund> {
  const now = app.clock();
  const beginning = { attempt: 0, nextAttemptAt: await databaseNow(tx) };
  const refund = await tx.save(newRefund(tx, entitlement, now, beginning));
  await prove(tx, async () => {
    await tx.save(succeeded(tx, refund));
    const again = await lockRow(tx, app, entitlement.id); // its changes are undone in the database only
    await takeBack(tx, { app, now }, again!);
  });
  return refund;
}

/** Records the enrollment as the LMS has it, and returns its id; null where it has none, and none is recorded. */
async function record(
  tx: EntityManager,
  { userId, courseRunKey, lms, seenAt }: Reading,
  { id }: RecordedEnrollment,
): Promise<string | null> {
  if (!id && !lms) return null;
  const enrollment = await tx.save(
    tx.create(CourseEnrollment, {
      ...(id ? { id } : { userId, courseRunKey, createdAt: null }),
      ...asTold(lms, seenAt),
    }),
  );
  return enrollment.id;
}

/** The entitlements that could be redeemed, the newest first, as the button that enrolls uses them. */
function redeemableOf(locked: readonly LockedEntitlement[], now: Date) {
  return locked
    .filter(({ standing, periods }) => redeemBlocker(standing, periods, now) === null)
    .map(({ id, mode, facts: { createdAt } }) => ({ id, mode, createdAt }))
    .sort(
      (one, other) => other.createdAt.getTime() - one.createdAt.getTime() || (other.id > one.id ? 1 : -1),
    );
}

/** What tells whether a record was changed: all of it but the username, which may just have been put right. */
function versionOf(recorded: RecordedEnrollment): string {
  return JSON.stringify({ ...recorded, username: null });
}

function seatOf({ mode, isActive }: RecordedEnrollment): HeldSeat | null {
  return mode === null || isActive === null ? null : { mode, isActive };
}

function isSame(known: HeldSeat | null, lms: HeldSeat | null): boolean {
  if (!known?.isActive || !lms?.isActive) return !known?.isActive && !lms?.isActive;
  return known.mode === lms.mode;
}
