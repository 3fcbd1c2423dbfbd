import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { release } from "../sessions/enrollment";
import { act, lockAnyEntitlement, type EntitlementReference, type Request } from "../command";
import { supportDetail } from "./support-detail";

export interface ExpireEntitlement extends EntitlementReference {
  comments: string;
}

/** Expires an entitlement now and takes the learner out of the run, if any. */
export function expireEntitlement(
  request: Request,
  { comments, ...reference }: ExpireEntitlement,
): Promise<EntitlementFacts> {
  return act(request, "expireEntitlement", async (tx) => {
    const entitlement = await lockAnyEntitlement(tx, request, reference);
    const { facts } = entitlement;
    if (facts.expiredAt) throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has expired already.");
    const unenrolledRunKey = facts.enrollment?.courseRunKey ?? null;
    const detail = await supportDetail(tx, request, {
      entitlementId: facts.id,
      action: "EXPIRE",
      comments,
      unenrolledRunKey,
    });
    return release(tx, request, entitlement, { expiredAt: request.now, expiryCause: "SUPPORT" }, detail);
  });
}
