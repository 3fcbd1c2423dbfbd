import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { refundBlocker, type Periods, type Standing } from "../../rules/entitlement-rules";
import type { Database } from "../../store/statement";
import { recordRevokedMoney } from "../refunds/returned-money";
import { release } from "../sessions/release";
import { command } from "../command";
import { decidedAt } from "../enrollment-calls/ask";
import { deciding, lookWhere } from "../lms/before-deciding";
import {
  lockUnlessRefunding,
  type EntitlementReference,
  refuseRefunded,
  refuseUseless,
} from "../locked-entitlement";
import { supportDetail } from "../support-detail";

export interface ReissueEntitlement extends EntitlementReference {
  comments: string;
  /**
   * When absent, refunds are locked if the entitlement was not refundable just before; of one that waits for the LMS, before
   * the LMS was asked.
   */
  refundLocked?: boolean | null;
  /** Whether its expiration period starts again now; otherwise an entitlement that is too old is refused. */
  renew?: boolean;
}

/**
 * Takes the learner out of the run, if any, and makes the entitlement available again, expired or not. An available one
 * does not change.
 */
export const reissueEntitlement = command(
  "reissueEntitlement",
  support,
  async (
    tx,
    request,
    { comments, refundLocked, renew = false, ...reference }: ReissueEntitlement,
  ): Promise<EntitlementFacts> => {
    const entitlement = await lockUnlessRefunding(tx, request, reference);
    const { facts, standing, periods } = entitlement;
    refuseRefunded(entitlement);
    const blockerOf = await refundBlockerBefore(tx, facts, request.now);
    const isLocked = refundLocked ?? blockerOf(standing, periods) !== null;
    const renewedAt = renew ? request.now : facts.renewedAt;
    const reissued = { refundLocked: isLocked, renewedAt, expiredAt: null, expiryCause: null };
    refuseUseless(
      { standing: { ...standing, ...reissued, redemption: null, isEnrollmentPending: false }, periods },
      request.now,
    );
    if (
      !facts.expiredAt &&
      !facts.enrollment &&
      facts.pendingEnrollmentId === null &&
      !renew &&
      facts.refundLocked === isLocked
    )
      return facts;
    await recordRevokedMoney(tx, request, entitlement);
    const unenrolledRunKey = facts.enrollment?.courseRunKey ?? null;
    const detail = await supportDetail(tx, request, {
      entitlementId: facts.id,
      action: "REISSUE",
      comments,
      unenrolledRunKey,
    });
    return release(tx, request, entitlement, reissued, detail);
  },
  async (request, { entitlementId, refundLocked }) => {
    const about = (refundLocked ?? null) === null ? await deciding(request, { entitlementId }) : null;
    if (!about) return;
    await lookWhere(request, about, await refundBlockerBefore(request.app.db, about.facts, request.now));
  },
);

/** The reason why an order could not be refunded just before; of an entitlement that waits for the LMS, before it was asked. */
async function refundBlockerBefore(db: Database, facts: EntitlementFacts, now: Date) {
  const asked = await decidedAt(db, facts, now);
  return (standing: Standing, periods: Periods) =>
    refundBlocker({ ...standing, isEnrollmentPending: false }, periods, asked);
}
