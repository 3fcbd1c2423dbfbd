import type { App } from "../../../app";
import { HttpFailure } from "../../../gateways/http-client";
import { accountOf } from "../../../reads/accounts/users";
import { differingEnrollments, redeemedRuns } from "../../../reads/lms/followed-enrollments";
import { recordedEnrollment } from "../../../reads/lms/recorded-enrollment";
import { recordAndFollow } from "../../accounts/record-accounts";
import { systemCommand } from "../../system-command";
import { recordCertificate } from "../record-certificate";
import { enrollmentsOf } from "./follow-lms";
import type { Reconciled } from "./reconcile";
import { reconcileEnrollment, type Origin } from "./reconcile-enrollment";

/** What the LMS may tell of a learner otherwise than it is recorded, in words, and what was done about it. */
export interface Difference {
  /** The account, or an enrollment or a certificate with the key of its run. */
  subject: string;
  /** What was recorded. */
  recorded: string;
  /** What the LMS tells. */
  told: string;
  /** Whether it was recorded; what became of it where it is an enrollment. */
  result: Reconciled | "RECORDED" | "LEFT";
}

/** The comparison of one learner with the LMS. */
export interface SyncedLearner {
  differences: Difference[];
  /** How many enrollments the LMS has told. */
  enrollments: number;
  /** For how many runs it was asked for a certificate. */
  certificates: number;
}

/** What an account is told or recorded to be. */
interface Account {
  username: string;
  isActive: boolean;
}

const NONE = "none";
/** Stands for the status of a certificate that the LMS has and does not tell. */
const SECRET = "a status that it does not tell";

/**
 * Compares all of one learner with the LMS: the account, the certificates for runs for which an entitlement is redeemed,
 * and the enrollments. What differs is recorded and reconciled, unless it is a dry run. Null when the LMS does not know the
 * account. Rejects with HttpFailure when the LMS gives no answer that makes sense.
 */
export const syncLearner = systemCommand(
  "syncLearner",
  async (_sign, app: App, userId: string, origin: Origin): Promise<SyncedLearner | null> => {
    const account = await app.openEdx.accounts.byId(userId);
    if (!account) return null;
    const learner = { userId, username: account.username };
    const known = await accountOf(app.db, userId);
    const differences = different("account", known ? wordsOf(known) : NONE, wordsOf(account));
    if (!origin.isDryRun) await recordAndFollow(app, [account]);
    const runs = await redeemedRuns(app.db, userId);
    for (const { courseRunKey, status } of runs) {
      const seenAt = app.clock();
      const key = { username: learner.username, courseRunKey };
      const told = await app.openEdx.certificates.status(key).catch(secret);
      const subject = `certificate for ${courseRunKey}`;
      if (told === SECRET) differences.push({ subject, recorded: status ?? NONE, told, result: "LEFT" });
      else differences.push(...different(subject, status ?? NONE, told ?? NONE));
      if (told !== SECRET && !origin.isDryRun)
        await recordCertificate(app, { userId, courseRunKey, status: told, seenAt });
    }
    const enrollments = await enrollmentsOf(app, [learner]);
    for (const pair of await differingEnrollments(app.db, [userId], enrollments)) {
      const recorded = await recordedEnrollment(app.db, pair);
      const told = enrollments.find(({ courseRunKey }) => courseRunKey === pair.courseRunKey);
      const result = await reconcileEnrollment(app, pair, origin);
      const subject = `enrollment in ${pair.courseRunKey}`;
      differences.push({ subject, recorded: seatIn(recorded), told: seatIn(told), result });
    }
    return { differences, enrollments: enrollments.length, certificates: runs.length };
  },
);

function different(subject: string, recorded: string, told: string): Difference[] {
  return recorded === told ? [] : [{ subject, recorded, told, result: "RECORDED" }];
}

function wordsOf({ username, isActive }: Account): string {
  return `${username}, ${isActive ? "active" : "not active"}`;
}

function seatIn(seat: { mode: string | null; isActive: boolean | null } | null | undefined): string {
  return seat?.isActive ? `${seat.mode}, active` : seat?.mode ? `${seat.mode}, not active` : NONE;
}

function secret(error: unknown): typeof SECRET {
  if (error instanceof HttpFailure && error.word === "STATUS_UNKNOWN") return SECRET;
  throw error;
}
