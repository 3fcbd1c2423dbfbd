import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { redeemBlocker, refundBlocker, type Periods, type Standing } from "../../rules/entitlement-rules";
import { refuseRefunded, release } from "../sessions/enrollment";
import { command } from "../command";
import { lockAnyEntitlement, type EntitlementReference } from "../locked-entitlement";
import { supportDetail } from "./support-detail";

export interface ReissueEntitlement extends EntitlementReference {
  comments: string;
  /** Unless given, refunds are locked when the entitlement is not refundable just before. */
  refundLocked?: boolean | null;
}

/** Takes the learner out of the run, if any, and gives the entitlement back, expired or not. An available one stays as it is. */
export const reissueEntitlement = command(
  "reissueEntitlement",
  support,
  async (
    tx,
    request,
    { comments, refundLocked, ...reference }: ReissueEntitlement,
  ): Promise<EntitlementFacts> => {
    const entitlement = await lockAnyEntitlement(tx, request, reference);
    const { facts, standing, periods } = entitlement;
    refuseRefunded(entitlement);
    const isLocked = refundLocked ?? refundBlocker(standing, periods, request.now) !== null;
    if (!facts.expiredAt && !facts.enrollment && facts.refundLocked === isLocked) return facts;
    refuseUseless(
      { ...standing, expiredAt: null, expiryCause: null, redemption: null },
      periods,
      request.now,
    );
    const unenrolledRunKey = facts.enrollment?.courseRunKey ?? null;
    const detail = await supportDetail(tx, request, {
      entitlementId: facts.id,
      action: "REISSUE",
      comments,
      unenrolledRunKey,
    });
    const reissued = { refundLocked: isLocked, expiredAt: null, expiryCause: null };
    return release(tx, request, entitlement, reissued, detail);
  },
);

/** Refuses to give back what could not be redeemed: the next sweep would expire it again. */
function refuseUseless(reissued: Standing, periods: Periods, now: Date): void {
  const blocker = redeemBlocker(reissued, periods, now);
  if (blocker)
    throw new Refusal(
      "ENTITLEMENT_NOT_REDEEMABLE",
      "This entitlement cannot be reissued, because it would expire at once: its expiration period is over.",
      { field: "entitlementId", blocker },
    );
}
