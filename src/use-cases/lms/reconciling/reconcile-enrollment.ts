import type { EntityManager } from "typeorm";
import type { App } from "../../../app";
import type { SeatKey } from "../../../reads/lms/recorded-enrollment";
import { again } from "../../../store/again";
import { transact, type ChangeSource } from "../../../store/transact";
import { systemCommand } from "../../system-command";
import { rehearse } from "../../rehearsal";
import { isRefundedByLms } from "./is-refunded-by-lms";
import type { Reading } from "./read-enrollment";
import { reconcile, type Reconciled } from "./reconcile";
import { settleReading } from "./settle-reading";

/** Who has an enrollment reconciled, and whether only to see what would follow. */
export interface Origin {
  source: ChangeSource;
  /** The request to which the changes belong. */
  requestId: string;
  isDryRun?: boolean;
}

/**
 * Brings an enrollment and the entitlements of its learner to what the LMS says, which is read now. What our own calls or
 * a pending refund are still to decide stays as it is. Where our own tables hold the enrollments, nothing is done. Rejects
 * with HttpFailure, and changes nothing, when the LMS gives no answer that makes sense.
 *
 * Whoever hears that an enrollment differs from the record calls this, and does not change the record: what the record says
 * is how a seat that the LMS has just given for an entitlement is told from one that the learner had before.
 */
export const reconcileEnrollment = systemCommand(
  "reconcileEnrollment",
  async (sign, app: App, key: SeatKey, origin: Origin): Promise<Reconciled> => {
    const change = sign(origin.source, origin.requestId);
    const { isDryRun = false } = origin;
    const inTransaction = <T>(work: (tx: EntityManager) => Promise<T>) =>
      again(() =>
        isDryRun ? rehearse(app.db, change, { entries: [] }, work) : transact(app.db, change, work),
      );
    const settle = async (reading: Reading) => {
      const isRefunded = await isRefundedByLms(app, reading, isDryRun);
      return inTransaction((tx) => settleReading(tx, app, reading, isRefunded));
    };
    return reconcile(app, key, settle, isDryRun);
  },
);
