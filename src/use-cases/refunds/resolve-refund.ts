import { support } from "../../auth/who";
import { refundById } from "../../reads/refunds";
import { Refusal } from "../../refusal";
import { command } from "../command";
import { lockForRefund } from "../locked-entitlement";
import { lockRefund } from "../locked-refund";
import { takeBack } from "../sessions/release";
import { supportDetail } from "../support-detail";
import type { Unenrolled } from "./unenroll-and-refund";

export interface ResolveRefund {
  refundId: string;
  /** The outcome that the agent has found out. */
  outcome: "SUCCEEDED" | "FAILED";
  comments: string;
}

/**
 * Ends a refund whose outcome only an agent can find out. SUCCEEDED ends the entitlement; FAILED does not change it.
 */
export const resolveRefund = command(
  "resolveRefund",
  support,
  async (tx, request, { refundId, outcome, comments }: ResolveRefund): Promise<Unenrolled> => {
    const found = await refundById(tx, refundId);
    if (!found) throw notFound();
    const entitlement = await lockForRefund(tx, request, found);
    const refund = await lockRefund(tx, refundId);
    if (!refund) throw notFound();
    if (refund.state !== "NEEDS_REVIEW")
      throw new Refusal("REFUND_NOT_IN_REVIEW", `This refund is not waiting for a decision.`, {
        field: "refundId",
      });
    const isDone = outcome === "SUCCEEDED";
    const before = entitlement.facts;
    const facts = isDone ? await takeBack(tx, request, entitlement) : before;
    const detail = await supportDetail(tx, request, {
      entitlementId: facts.id,
      action: "RESOLVE_REFUND",
      comments,
      unenrolledRunKey: isDone ? (before.enrollment?.courseRunKey ?? null) : null,
    });
    await tx.save([Object.assign(refund, { state: outcome, modifiedAt: request.now }), detail]);
    return { entitlement: { ...facts, refundState: isDone ? outcome : null }, refund };
  },
);

function notFound(): Refusal {
  return new Refusal("REFUND_NOT_FOUND", "This refund does not exist.", { field: "refundId" });
}
