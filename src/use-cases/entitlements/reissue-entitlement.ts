import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { refundBlocker } from "../../rules/entitlement-rules";
import { recordRevokedMoney } from "../refunds/returned-money";
import { release } from "../sessions/release";
import { command } from "../command";
import { deciding, lookBeforeRefund } from "../lms/before-deciding";
import {
  lockUnlessRefunding,
  type EntitlementReference,
  refuseRefunded,
  refuseUseless,
} from "../locked-entitlement";
import { supportDetail } from "../support-detail";

export interface ReissueEntitlement extends EntitlementReference {
  comments: string;
  /** When absent, refunds are locked if the entitlement was not refundable just before. */
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
    const isLocked = refundLocked ?? refundBlocker(standing, periods, request.now) !== null;
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
    if (about) await lookBeforeRefund(request, about);
  },
);
