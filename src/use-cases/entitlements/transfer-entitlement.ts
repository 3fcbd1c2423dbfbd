import { staff } from "../../auth/who";
import { Refusal } from "../../refusal";
import { isExpiryDue } from "../../rules/entitlement-rules";
import { command } from "../command";
import { deciding, lookBeforeRegain } from "../lms/before-deciding";
import { knowLearners } from "../lms/known-learners";
import {
  lockAnyEntitlement,
  type EntitlementReference,
  refuseRefunded,
  refuseUseless,
} from "../locked-entitlement";
import { refuseUnregainable, release } from "../sessions/release";
import { supportDetail } from "../support-detail";
import { requireUser } from "./issue";

export interface TransferEntitlement extends EntitlementReference {
  /** The username of the learner who is to have the entitlement. */
  username: string;
  comments: string;
}

/**
 * Gives an entitlement to another learner: the former learner leaves its run, and the new one can redeem it. Only the
 * former learner can still see its state from before. It keeps its order, so that only that order can be refunded.
 */
export const transferEntitlement = command(
  "transferEntitlement",
  staff,
  async (tx, request, { username, comments, ...reference }: TransferEntitlement) => {
    const entitlement = await lockAnyEntitlement(tx, request, reference);
    const { facts, standing, periods } = entitlement;
    const { id: userId } = await requireUser(tx, { username });
    if (userId === facts.userId) return facts;
    refuseRefunded(entitlement);
    if (standing.redemption) refuseUnregainable(request, entitlement);
    if (facts.expiredAt || isExpiryDue(standing, periods, request.now))
      throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has expired. Reissue or renew it first.", {
        field: "entitlementId",
      });
    refuseUseless({ standing: { ...standing, redemption: null }, periods }, request.now);
    const detail = await supportDetail(tx, request, {
      entitlementId: facts.id,
      action: "TRANSFER",
      comments,
      unenrolledRunKey: entitlement.currentRunKey,
    });
    return release(tx, request, entitlement, { userId }, detail);
  },
  async (request, { entitlementId, username }) => {
    await knowLearners(request, [{ username }]);
    const about = await deciding(request, { entitlementId });
    if (about) await lookBeforeRegain(request, about);
  },
);
