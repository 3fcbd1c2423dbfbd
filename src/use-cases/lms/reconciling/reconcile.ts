import type { App } from "../../../app";
import { redeemedRunsOfCourse, type SeatKey } from "../../../reads/lms/recorded-enrollment";
import { lookAtCertificate } from "../looks";
import { readEnrollment, type Reading } from "./read-enrollment";
import type { Settled } from "./settle-reading";

/** What became of a pair of a learner and a run. */
export type Reconciled =
  | Settled
  /** The account is not known here or in the LMS, or the record changed each time that the LMS was asked. */
  | { kind: "UNKNOWN_ACCOUNT" | "BUSY" };

/** How often the LMS is asked while others change the record at the same time. */
const READINGS_AT_MOST = 3;

/**
 * Reads an enrollment and has the reading settled, until the record has not changed between both. A learner who has left
 * one run of a course and taken another in the LMS has done both by one entitlement: the run that was left comes first. A dry
 * run stores no certificate that it is told of: what is recorded of it decides.
 */
export async function reconcile(
  app: App,
  key: SeatKey,
  settle: (reading: Reading) => Promise<Settled | null>,
  isDryRun = false,
): Promise<Reconciled> {
  if (app.openEdx.isEmbedded) return NOTHING;
  const inOne = async (each: SeatKey, before: (reading: Reading) => Promise<void>): Promise<Reconciled> => {
    for (let readings = 0; readings < READINGS_AT_MOST; readings++) {
      const reading = await readEnrollment(app, each);
      if (!reading) return { kind: "UNKNOWN_ACCOUNT" };
      await before(reading);
      if (!isDryRun) await lookBeforeEnd(app, reading);
      const settled = await settle(reading);
      if (settled) return report(app, each, settled);
    }
    return { kind: "BUSY" };
  };
  return inOne(key, async ({ lms, before: { isActive, mode } }) => {
    if (!lms?.isActive || (isActive && mode === lms.mode)) return;
    for (const courseRunKey of await redeemedRunsOfCourse(app.db, key))
      if (courseRunKey !== key.courseRunKey) await inOne({ ...key, courseRunKey }, async () => {});
  });
}

/** Whether a learner who was taken out of a run could still leave it, and be refunded, depends on the certificate. */
async function lookBeforeEnd(
  app: App,
  { userId, courseRunKey, lms, renamed, before }: Reading,
): Promise<void> {
  if (lms?.isActive || !before.isRedeemed) return;
  const { username } = renamed ?? before;
  await lookAtCertificate(app, { id: userId, username }, courseRunKey, true); // the account was just told
}

const NOTHING: Settled = {
  kind: "RECORD",
  entitlementId: null,
  isNews: false,
  isEnrolled: false,
  refund: null,
  refundBlocker: null,
};

function report({ log }: App, { courseRunKey }: SeatKey, settled: Settled): Settled {
  const { kind, entitlementId, isNews } = settled;
  const told = { entitlementId, courseRunKey, refund: settled.refund?.id };
  if (kind === "CLEAR") log.info(told, "the LMS has taken the learner of an entitlement out of the run");
  if (kind === "LINK") log.info(told, "the LMS has redeemed an entitlement");
  if (kind === "MODE_DIFFERS" && isNews)
    log.warn(told, "the LMS has the learner of an entitlement in another mode");
  return settled;
}
