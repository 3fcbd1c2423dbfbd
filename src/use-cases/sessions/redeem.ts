import { Not, type EntityManager } from "typeorm";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { CourseEntitlement } from "../../entities/course-entitlement";
import type { CourseEntitlementSupportDetail } from "../../entities/course-entitlement-support-detail";
import { CourseRun } from "../../entities/course-run";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { sessionOfRun } from "../../reads/sessions";
import { ENGLISH } from "../../messages/english";
import { Refusal } from "../../refusal";
import { isExpiryDue, redeemBlocker } from "../../rules/entitlement-rules";
import { runBlocker, type RunBlocker } from "../../rules/run-rules";
import { seatBlocker } from "../../rules/session-rules";
import { prove } from "../attempts/prove";
import type { CommandRequest } from "../command";
import { ask, isAsked, type Asking } from "../enrollment-calls/ask";
import { endLink, lockRow, save, type LockedEntitlement } from "../locked-entitlement";
import { firstRedemption } from "./past-redemptions";
import { unenroll } from "./unenroll";

const FIELD = { field: "entitlementId" };
const RUN_FIELD = { field: "courseRunKey" };

/** What an agent adds to an enrollment. */
interface Agents {
  /** The reasons against the run that the agent overrides. */
  override?: readonly string[];
  detail?: CourseEntitlementSupportDetail;
}

/** Redeems a locked entitlement for a run, or throws the refusal. */
export async function redeem(
  tx: EntityManager,
  request: CommandRequest,
  entitlement: LockedEntitlement,
  courseRunKey: string,
): Promise<EntitlementFacts> {
  const { standing, periods } = entitlement;
  const blocker = redeemBlocker(standing, periods, request.now);
  if (blocker === "EXPIRED" || isExpiryDue(standing, periods, request.now))
    throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has expired.", FIELD);
  if (blocker)
    throw new Refusal("ENTITLEMENT_NOT_REDEEMABLE", ENGLISH.redeem[blocker], { ...FIELD, blocker });
  return enroll(tx, request, entitlement, courseRunKey);
}

/** Whether a run is the one that an entitlement is redeemed for, or that the LMS is asked for. */
export function isChosen({ currentRunKey, facts }: LockedEntitlement, courseRunKey: string): boolean {
  return courseRunKey === (facts.pendingRunKey ?? currentRunKey);
}

/**
 * Redeems a locked entitlement for a run in its mode, or throws the refusal. A free enrollment is upgraded; an enrollment
 * that the learner holds by other means is refused, so that the entitlement is not redeemed for nothing. Where the LMS
 * holds the enrollments, it is asked for this one, and the entitlement waits for its answer.
 */
export async function enroll(
  tx: EntityManager,
  request: CommandRequest,
  entitlement: LockedEntitlement,
  courseRunKey: string,
  { override = [], detail }: Agents = {},
): Promise<EntitlementFacts> {
  const { facts, freeModes } = entitlement;
  const { now } = request;
  const enrollment = await chooseSeat(tx, request, entitlement, courseRunKey, override);
  if (enrollment.id === entitlement.row.enrollmentId) await endLink(tx, request, entitlement);
  const active = { isActive: true, mode: facts.mode };
  if (!isAsked(request)) {
    const { id } = await tx.save(Object.assign(enrollment, active));
    return occupy(tx, request, entitlement, id, now, detail);
  }
  const { id } = await tx.save(enrollment);
  // What would fail afterwards fails before the LMS is asked.
  await prove(tx, async () => {
    await tx.save(CourseEnrollment, { id, ...active });
    const again = await lockRow(tx, request.app, facts.id); // its changes are undone in the database only
    await occupy(tx, { ...request, rehearsal: { entries: [] } }, again!, id, now);
  });
  const entitlementId = facts.id;
  await ask(tx, request, {
    id,
    mode: facts.mode,
    changeableModes: [...freeModes],
    mayEnroll: true,
    entitlementId,
  });
  return save(tx, request, entitlement, { pendingEnrollmentId: id }, detail);
}

/** The enrollment that an entitlement can be redeemed for, as it is stored, or a new one that is not active yet. */
async function chooseSeat(
  tx: EntityManager,
  { now }: CommandRequest,
  entitlement: LockedEntitlement,
  courseRunKey: string,
  overridden: readonly string[],
): Promise<CourseEnrollment> {
  const { facts } = entitlement;
  const { userId, mode } = facts;
  // All enrollments in a run wait here for each other, so that the last place is given once and each enrollment belongs
  // to one entitlement.
  await tx.findOne(CourseRun, { where: { key: courseRunKey }, lock: { mode: "for_no_key_update" } });
  const session = await sessionOfRun(tx, userId, courseRunKey);
  if (session && session.run.courseUuid !== facts.courseUuid)
    throw new Refusal("COURSE_RUN_NOT_IN_COURSE", "This run belongs to another course.", RUN_FIELD);
  const seat = session?.enrollment ?? null;
  if (seatBlocker(entitlement, seat))
    throw new Refusal(
      "ALREADY_ENROLLED_IN_PAID_MODE",
      "The learner is already enrolled in this run in a mode that this entitlement has not paid for, or through another entitlement.",
      RUN_FIELD,
    );
  const blocker = runBlocker(session, mode, seat, now, overridden);
  if (blocker) throw unavailable(blocker);
  return (
    (await tx.findOneBy(CourseEnrollment, { userId, courseRunKey })) ??
    tx.create(CourseEnrollment, { userId, courseRunKey, mode, createdAt: now, isActive: false })
  );
}

/**
 * Redeems a locked entitlement for an active enrollment of its learner, and takes the learner out of the run before it.
 * If the learner could no longer leave the former run when this was decided, that is also true for the new one: the
 * expiry is stored.
 */
export async function occupy(
  tx: EntityManager,
  asking: Asking,
  entitlement: LockedEntitlement,
  enrollmentId: string,
  decidedAt: Date,
  detail?: CourseEntitlementSupportDetail,
): Promise<EntitlementFacts> {
  const { row, facts } = entitlement;
  const { now } = asking;
  await unlinkOthers(tx, now, enrollmentId, facts.id);
  // Leaving a run and returning to it does not restart the regain period.
  const first = await firstRedemption(tx, facts.id, enrollmentId);
  const redeemed = { enrollmentId, redeemedAt: first === undefined ? now : first, pendingEnrollmentId: null };
  if (enrollmentId !== row.enrollmentId) await unenroll(tx, asking, entitlement);
  const final = expiryIfOver(entitlement, decidedAt, now);
  return save(tx, asking, entitlement, { ...redeemed, ...final }, detail);
}

/** The expiry to store with the end of a redemption which the learner could no longer end at an instant; none otherwise. */
export function expiryIfOver(
  { standing, periods }: Pick<LockedEntitlement, "standing" | "periods">,
  decidedAt: Date,
  now: Date,
): Pick<Partial<CourseEntitlement>, "expiredAt" | "expiryCause"> {
  // An answer that is pending is about another run.
  const isOver = isExpiryDue({ ...standing, isEnrollmentPending: false }, periods, decidedAt);
  return isOver ? { expiredAt: now, expiryCause: "LAPSED" } : {};
}

/** Ends the links of other entitlements to an enrollment that the learner had left: they are not redeemed for it. */
async function unlinkOthers(
  tx: EntityManager,
  now: Date,
  enrollmentId: string,
  entitlementId: string,
): Promise<void> {
  const others = await tx.find(CourseEntitlement, {
    where: { enrollmentId, id: Not(entitlementId) },
    order: { id: "ASC" },
    lock: { mode: "for_no_key_update" },
  });
  await tx.save(
    others.map((other) =>
      Object.assign(other, { enrollmentId: null, redeemedAt: null, modifiedAt: now } as const),
    ),
  );
}

function unavailable(blocker: RunBlocker): Refusal {
  return new Refusal("COURSE_RUN_NOT_AVAILABLE", ENGLISH.session[blocker], { ...RUN_FIELD, blocker });
}
