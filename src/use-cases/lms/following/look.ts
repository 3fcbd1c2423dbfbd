import type { App } from "../../../app";
import { HttpFailure } from "../../../gateways/http-client";
import { userById, type UserFacts } from "../../../reads/accounts/users";
import { runsByKey } from "../../../reads/finding/courses";
import { entitlementsAround, recordedEnrollment } from "../../../reads/lms/recorded-enrollment";
import { recordAndFollow } from "../../accounts/record-accounts";
import { lookAtCertificate, lookAtEnrollments, lookAtLiveRun, lookUpRun } from "../looks";
import type { ClaimedLook } from "./due-looks";

/** How many enrollments of a learner are reconciled in one look: each takes up to four calls. */
const RECONCILED_AT_ONCE = 10;

/**
 * Reads from the LMS what an event has hinted at, and records what it says. Returns false where that is to be repeated,
 * because our own call about it has not ended. Rejects with HttpFailure when the LMS gives no answer that makes sense.
 */
export async function look(
  app: App,
  { reason, userId, runKey }: ClaimedLook,
  requestId: string,
): Promise<boolean> {
  if (reason === "RUN") return done(lookAtLiveRun(app, runKey));
  const learner = await userById(app.db, userId);
  if (!learner) return true;
  switch (reason) {
    case "ENROLLMENT":
      return runKey === ""
        ? done(lookAtEnrollments(app, learner, null, RECONCILED_AT_ONCE))
        : reconcilePair(app, learner, runKey, requestId);
    case "CERTIFICATE":
      return done(lookAtCertificate(app, learner, runKey).catch(leaveUntold));
    case "ACCOUNT":
      return done(lookAtAccount(app, learner));
  }
}

async function reconcilePair(app: App, { id: userId }: UserFacts, courseRunKey: string, requestId: string) {
  const pair = { userId, courseRunKey };
  const [run] = await runsByKey(app.db, [courseRunKey]);
  if (!run?.courseUuid) await lookUpRun(app, courseRunKey);
  const isOurs =
    (await recordedEnrollment(app.db, pair))?.id || (await entitlementsAround(app.db, pair)).length > 0;
  if (!isOurs) return true;
  const { kind } = await app.reconcile(app, pair, { source: "JOB", requestId });
  return kind !== "WAIT" && kind !== "BUSY";
}

/** An account that the LMS no longer knows by its id is inactive. */
async function lookAtAccount(app: App, { id, username }: UserFacts): Promise<void> {
  const account = await app.openEdx.accounts.byId(id);
  await recordAndFollow(app, [account ?? { id, username, isActive: false }]);
}

/** A certificate whose status the LMS does not tell will not be told by a repetition either. */
function leaveUntold(error: unknown): void {
  if (!(error instanceof HttpFailure && error.word === "STATUS_UNKNOWN")) throw error;
}

async function done(looked: Promise<unknown>): Promise<true> {
  await looked;
  return true;
}
