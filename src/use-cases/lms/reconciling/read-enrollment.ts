import type { App } from "../../../app";
import type { LmsAccount } from "../../../gateways/open-edx/account-gateway";
import type { LmsEnrollment } from "../../../gateways/open-edx/enrollment-gateway";
import {
  recordedEnrollment,
  type RecordedEnrollment,
  type SeatKey,
} from "../../../reads/lms/recorded-enrollment";

/** What the LMS has said of a learner's enrollment in a run. */
export interface Reading extends SeatKey {
  /** Null when the LMS has no such enrollment. */
  lms: LmsEnrollment | null;
  /** The account, where its username is not the recorded one any more; otherwise null. */
  renamed: LmsAccount | null;
  /** What was recorded when the LMS was asked. */
  before: RecordedEnrollment;
  /** When the LMS was asked; null when the caller of a command has told what it says. */
  seenAt: Date | null;
}

/**
 * Reads an enrollment from the LMS, outside any transaction. The LMS knows learners by usernames, which change: where its
 * answer is news, the account is looked up by its id, so that nobody is taken for another. Null when the account is not
 * known here or there. Rejects with HttpFailure when the LMS gives no answer that makes sense.
 */
export async function readEnrollment(app: App, key: SeatKey): Promise<Reading | null> {
  const before = await recordedEnrollment(app.db, key);
  if (!before) return null;
  const { enrollments, accounts } = app.openEdx;
  const read = async ({ username }: { username: string }) =>
    enrollments.read({ username, courseRunKey: key.courseRunKey });
  const reading = { ...key, before, seenAt: app.clock(), lms: await read(before), renamed: null };
  const { lms } = reading;
  if (lms?.isActive && before.isActive && lms.mode === before.mode) return reading;
  const account = await accounts.byId(key.userId);
  if (!account) return null;
  if (account.username === before.username) return reading;
  return { ...reading, lms: await read(account), renamed: account };
}
