import type { EntityManager } from "typeorm";
import { staffOrService } from "../../auth/who";
import type { Refund } from "../../entities/refund";
import { HttpFailure } from "../../gateways/http-client";
import { entitlementsById, type EntitlementFacts } from "../../reads/entitlement-facts";
import { recordedEnrollment, type SeatKey } from "../../reads/lms/recorded-enrollment";
import { Refusal } from "../../refusal";
import type { RefundRequestBlocker } from "../../rules/entitlement-rules";
import { act, commandInSteps } from "../command";
import { requireUser } from "../entitlements/issue";
import type { LearnerReference } from "../learner";
import { isRefundedByLms } from "../lms/reconciling/is-refunded-by-lms";
import type { Reading } from "../lms/reconciling/read-enrollment";
import { reconcile, type Reconciled } from "../lms/reconciling/reconcile";
import { settleReading, type Settled } from "../lms/reconciling/settle-reading";

/** A learner who was taken out of a run. */
export interface RecordUnenrollment extends LearnerReference {
  courseRunKey: string;
  /** Whether the entitlement is kept, or its order is refunded where that was possible until then. */
  refund: "KEEP" | "REFUND";
}

/** What has come of it: recorded, known before, not true, or left to what is still to be decided. */
export type UnenrollmentOutcome = "CHANGED" | "UNCHANGED" | "STILL_ENROLLED" | "WAITING";

/** What was recorded, with the entitlement that it concerns. */
export interface RecordedUnenrollment {
  outcome: UnenrollmentOutcome;
  /** Null when it concerns none. */
  entitlement: EntitlementFacts | null;
  /** The refund that was requested, for which the sweep asks the shop; null for none. */
  refund: Refund | null;
  /** Why the order could not be refunded; null when it could, and when that was not wanted. */
  refundBlocker: RefundRequestBlocker | null;
}

/**
 * Records that a learner was taken out of a run: the entitlement is no longer redeemed for it. Where the LMS is another
 * system, it is asked whether that is true, except for a dry run. A second time changes nothing.
 */
export const recordUnenrollment = commandInSteps(
  "recordUnenrollment",
  staffOrService,
  async (
    request,
    { courseRunKey, refund: wish, ...reference }: RecordUnenrollment,
  ): Promise<RecordedUnenrollment> => {
    const { app } = request;
    const key = { userId: (await requireUser(app.db, reference)).id, courseRunKey };
    let entitlement: EntitlementFacts | null = null;
    const settle = async (reading?: Reading) => {
      // Of other runs of the course the caller has told nothing.
      const isOther = reading && reading.courseRunKey !== courseRunKey;
      const isRefunded = isOther ? await isRefundedByLms(app, reading) : wish === "REFUND";
      return act(request, async (tx) => {
        const settled = await settleReading(tx, app, reading ?? (await told(tx, key)), isRefunded);
        const id = settled?.entitlementId;
        entitlement = id ? (await entitlementsById(tx, [id]))[0]! : null;
        return settled;
      });
    };
    const result =
      app.openEdx.isEmbedded || request.rehearsal
        ? await settle()
        : await reconcile(app, key, settle).catch(refuseUnanswered);
    const settled = requireSettled(result, reference);
    const { refund, refundBlocker } = settled;
    return { outcome: outcomeOf(settled), entitlement, refund, refundBlocker };
  },
);

/** What the caller says, which is believed where our own tables hold the enrollments, and in a dry run. */
async function told(tx: EntityManager, key: SeatKey): Promise<Reading> {
  const before = (await recordedEnrollment(tx, key))!;
  return { ...key, before, lms: null, renamed: null, seenAt: null };
}

function outcomeOf({ kind, isNews, isEnrolled }: Settled): UnenrollmentOutcome {
  if (kind === "WAIT") return "WAITING";
  if (isEnrolled) return "STILL_ENROLLED";
  return kind === "CLEAR" || isNews ? "CHANGED" : "UNCHANGED";
}

function requireSettled(result: Reconciled | null, { userId = null }: LearnerReference): Settled {
  if (result && "entitlementId" in result) return result;
  if (result?.kind === "UNKNOWN_ACCOUNT")
    throw new Refusal("USER_NOT_FOUND", "The LMS does not know this learner.", {
      field: userId === null ? "username" : "userId",
    });
  throw new Refusal("CONFLICT", "Another request is changing the same enrollment. Try again.");
}

function refuseUnanswered(error: unknown): never {
  if (!(error instanceof HttpFailure)) throw error;
  throw new Refusal(
    "LMS_UNAVAILABLE",
    "The LMS does not tell now whether the learner is enrolled in the run. Try again.",
  );
}
