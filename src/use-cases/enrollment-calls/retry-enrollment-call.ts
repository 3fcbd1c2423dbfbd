import type { EntityManager } from "typeorm";
import { support } from "../../auth/who";
import type { EnrollmentCall } from "../../entities/enrollment-call";
import { entitlementsById, type EntitlementFacts } from "../../reads/entitlement-facts";
import { enrollmentCallsById, type EnrollmentCallFacts } from "../../reads/lms/enrollment-calls";
import { Refusal } from "../../refusal";
import { leaseMs } from "../../rules/attempt-rules";
import { isOpenCall, mayBeInProgress } from "../../rules/lms/enrollment-call-rules";
import type { Database } from "../../store/statement";
import { leaseEnd } from "../attempts/lease";
import { act, commandInSteps, type CommandRequest } from "../command";
import { supportDetail } from "../support-detail";
import { callDeadlineMs, lockCall } from "./ask";

export interface RetryEnrollmentCall {
  /** The enrollment that the LMS was asked to change; its id is that of the call. */
  enrollmentId: string;
  /** Whether an enrollment that the LMS already has in the wanted mode counts as what was asked for. */
  acceptEnrolled: boolean;
  comments: string;
}

/** A call, and the entitlement whose change is asked for; null where that was not recorded. */
export interface RetriedCall {
  call: EnrollmentCallFacts;
  entitlement: EntitlementFacts | null;
}

const FIELD = { field: "enrollmentId" };

/**
 * Has the LMS asked again for what it has not done, now and for as long as a new call. Each attempt reads the enrollment
 * first, so that what an agent has put right there is found done. The result is as it is after the first attempt.
 */
export const retryEnrollmentCall = commandInSteps(
  "retryEnrollmentCall",
  support,
  async (request, input: RetryEnrollmentCall): Promise<RetriedCall> => {
    const retried = await act(request, (tx) => retry(tx, request, input));
    return request.calls?.length ? readRetried(request.app.db, retried.call.id) : retried;
  },
);

async function retry(
  tx: EntityManager,
  request: CommandRequest,
  { enrollmentId, acceptEnrolled, comments }: RetryEnrollmentCall,
): Promise<RetriedCall> {
  const { app, now, calls, rehearsal } = request;
  const call = await lockCall(tx, enrollmentId);
  if (!call)
    throw new Refusal(
      "ENROLLMENT_CALL_NOT_FOUND",
      "The LMS was never asked to change this enrollment.",
      FIELD,
    );
  if (!isOpenCall(call.state)) throw ended(call);
  const deadlineMs = callDeadlineMs(app);
  const lease = await leaseEnd(tx, deadlineMs);
  const { attempt, nextAttemptAt, entitlementId } = call;
  // Two attempts at once could both change the LMS: the one that may be in progress is waited for.
  const isNow = !mayBeInProgress(call, leaseMs(deadlineMs), now);
  const next = isNow
    ? ({ state: "IN_DOUBT", attempt: attempt + 1, nextAttemptAt: lease } as const)
    : { nextAttemptAt: nextAttemptAt! < lease ? nextAttemptAt : lease };
  const accepted = acceptEnrolled ? { unsentTo: -1 } : {};
  await tx.save(Object.assign(call, next, accepted, { retriedAt: now, modifiedAt: now }));
  if (entitlementId !== null)
    await tx.save(await supportDetail(tx, request, { entitlementId, action: "RETRY_CALL", comments }));
  if (isNow && !rehearsal) calls?.push(call);
  return readRetried(tx, call.id);
}

async function readRetried(db: Database, id: string): Promise<RetriedCall> {
  const [call] = await enrollmentCallsById(db, [id]);
  const { entitlementId } = call!;
  const [entitlement = null] = entitlementId === null ? [] : await entitlementsById(db, [entitlementId]);
  return { call: call!, entitlement };
}

function ended({ state, mayEnroll }: EnrollmentCall): Refusal {
  return new Refusal("ENROLLMENT_CALL_ENDED", MESSAGES[endOf(state, mayEnroll)], FIELD);
}

function endOf(state: EnrollmentCall["state"], mayEnroll: boolean): keyof typeof MESSAGES {
  if (state === "DONE") return "DONE";
  return mayEnroll ? "NOT_ENROLLED" : "NOT_CHANGED";
}

const MESSAGES = {
  DONE: "The LMS has done what it was asked to do with this enrollment. To change the enrollment, change its entitlement.",
  NOT_ENROLLED:
    "The LMS has refused to enroll the learner. Remove the cause in the LMS, and redeem the entitlement for the run again.",
  NOT_CHANGED:
    "The LMS has refused to change this enrollment, so it stays as it is. If it is to end nevertheless, end it in the LMS.",
} as const;
