import type { EntityManager } from "typeorm";
import type { App } from "../../app";
import { CourseEnrollment } from "../../entities/course-enrollment";
import { EnrollmentCall } from "../../entities/enrollment-call";
import { asFailure } from "../../gateways/as-failure";
import { HttpFailure } from "../../gateways/http-client";
import type { EnrollmentOutcome, LmsEnrollment } from "../../gateways/open-edx/enrollment-gateway";
import { enrollmentOfAttempt } from "../../reads/enrollments";
import { isRefundPending } from "../../rules/entitlement-rules";
import { CALLS_END_MS, isRepeat, nextProgress, type CallAnswer } from "../../rules/lms/enrollment-call-rules";
import { databaseNow } from "../../store/database-clock";
import { learnerNow } from "../accounts/record-accounts";
import { pauseEnd } from "../attempts/lease";
import type { Outbox } from "../attempts/outbox";
import { asTold } from "./as-told";
import { lockRow, save, type LockedEntitlement } from "../locked-entitlement";
import { occupy } from "../sessions/redeem";
import { undoRevert } from "./undo-revert";
import { ask, callDeadlineMs, lateMs, lockCall } from "./ask";

/** The outbox of what the LMS is asked to do with enrollments. */
export const ENROLLMENT_CALLS: Outbox<EnrollmentCall, EnrollmentOutcome> = {
  entity: EnrollmentCall,
  endsAt: ({ createdAt, retriedAt }) => (retriedAt ?? createdAt).getTime() + CALLS_END_MS,
  deadlineMs: callDeadlineMs,
  isPaused: ({ openEdx }) => openEdx.enrollments.isPaused,
  faultKey: ({ id }) => id,
  abandoned: { state: "NEEDS_REVIEW" },

  async call(app, call, requestId) {
    const seat = await enrollmentOfAttempt(app.db, call);
    if (!seat) return null;
    const learner = await learnerNow(app, seat.userId).catch(asFailure);
    if (learner instanceof HttpFailure) return { kind: "notSent", cause: learner.word };
    if (!learner) return { kind: "refused", code: "USER_UNKNOWN", detail: "no account has the user id" };
    // When the account was told so late that the lease could end before the answer, the next attempt asks.
    const isInTime = await enrollmentOfAttempt(app.db, call, callDeadlineMs(app));
    if (!isInTime) return { kind: "notSent", cause: "TimeoutError" };
    const { mode, changeableModes, mayEnroll } = call;
    const wish = { mode, changeableModes, mayEnroll, isRepeat: isRepeat(call), requestId };
    const { username } = learner;
    return app.openEdx.enrollments.ensure({ username, courseRunKey: seat.courseRunKey, ...wish });
  },

  async settle(tx, app, attempted, outcome) {
    const { entitlementId } = attempted;
    const entitlement = entitlementId === null ? null : await lockRow(tx, app, entitlementId);
    const call = await lockCall(tx, attempted.id);
    if (!call) return null;
    const now = app.clock();
    const isQuiet = call.quietAt === null || call.quietAt <= (await databaseNow(tx));
    const answered = { attempt: attempted.attempt, answer: answerOf(call, outcome, entitlement) };
    const progress = nextProgress(call, answered, isQuiet);
    if (progress === call) return call;
    report(app, call, outcome);
    const isOpen = progress.state === "IN_DOUBT";
    const nextAttemptAt = isOpen ? await nextAttempt(tx, app, call, isQuiet) : null;
    const mayComeLate = outcome.kind === "done" && outcome.mayComeLate;
    const quietAt = mayComeLate ? await databaseNow(tx, lateMs(app)) : call.quietAt;
    const detail = detailOf(outcome);
    const settled = await tx.save(
      Object.assign(call, { ...progress, nextAttemptAt, quietAt, detail, modifiedAt: now }),
    );
    if (settled.state === "DONE" && outcome.kind === "done")
      await follow(tx, app, settled, waitingFor(call, entitlement), outcome.enrollment);
    if (settled.state === "REFUSED" && outcome.kind === "refused")
      await abandon(tx, app, settled, entitlement, outcome.code === "HELD_OTHERWISE");
    return settled;
  },
};

/** The entitlement, where it waits for the answer to a call; otherwise null. */
function waitingFor({ id }: EnrollmentCall, entitlement: LockedEntitlement | null): LockedEntitlement | null {
  return entitlement?.row.pendingEnrollmentId === id ? entitlement : null;
}

/** Records the enrollment as the LMS has it now, and redeems the entitlement that waits for it. */
async function follow(
  tx: EntityManager,
  app: App,
  call: EnrollmentCall,
  waiting: LockedEntitlement | null,
  enrollment: LmsEnrollment | null,
): Promise<void> {
  const now = app.clock();
  await tx.save(CourseEnrollment, { id: call.id, ...asTold(enrollment, now) });
  if (waiting) await occupy(tx, { app, now }, waiting, call.id, call.createdAt);
}

/**
 * What follows from a refusal: the entitlement no longer waits, and stays as it is; one that was redeemed for the enrollment
 * again, by a revert, is not any more (`undoRevert`). A request that was not answered may still enroll the learner, so
 * that enrollment is then ended.
 */
async function abandon(
  tx: EntityManager,
  app: App,
  call: EnrollmentCall,
  entitlement: LockedEntitlement | null,
  isHeld: boolean,
): Promise<void> {
  const asking = { app, now: app.clock() };
  const waiting = waitingFor(call, entitlement);
  const isRedeemed = entitlement?.row.enrollmentId === call.id;
  if (isRedeemed && call.mayEnroll) await undoRevert(tx, asking, entitlement, call);
  if (waiting) await save(tx, asking, waiting, { pendingEnrollmentId: null });
  if (call.mode === null) return;
  if (!waiting && !isHeld) await tx.save(CourseEnrollment, { id: call.id, isActive: false });
  const { id, entitlementId } = call;
  const ended = { mode: null, changeableModes: [call.mode], mayEnroll: false };
  if (isRepeat(call)) await ask(tx, asking, { id, entitlementId, ...ended });
}

async function nextAttempt(
  tx: EntityManager,
  app: App,
  { attempt, quietAt }: EnrollmentCall,
  isQuiet: boolean,
): Promise<Date> {
  const pause = await pauseEnd(tx, attempt, callDeadlineMs(app));
  return isQuiet || quietAt! < pause ? pause : quietAt!;
}

/**
 * An end that the LMS does not allow is asked for again, and then by support: the learner holds a seat for nothing. So is an
 * enrollment, which nothing has changed, while a refund is pending for the entitlement that a revert has redeemed for it:
 * until then the entitlement must not change.
 */
function answerOf(
  { id, mayEnroll }: EnrollmentCall,
  outcome: EnrollmentOutcome,
  entitlement: LockedEntitlement | null,
): CallAnswer {
  if (outcome.kind !== "refused") return outcome.kind;
  if (entitlement?.row.enrollmentId === id && isRefundPending(entitlement.standing)) return "notSent";
  return outcome.code === "NOT_ALLOWED" && !mayEnroll ? "unknown" : outcome.kind;
}

/** Why the LMS has not done it, as a code or a word for operators. Null when it has. */
function detailOf(outcome: EnrollmentOutcome): string | null {
  if (outcome.kind === "done") return null;
  return (outcome.kind === "refused" ? outcome.code : outcome.cause).slice(0, 200);
}

function report({ log }: App, { id }: EnrollmentCall, outcome: EnrollmentOutcome): void {
  if (outcome.kind === "done") return;
  const detail = outcome.kind === "refused" ? outcome.detail : outcome.cause;
  log.warn({ enrollment: id, outcome: outcome.kind, detail }, "the LMS has not changed an enrollment");
}
