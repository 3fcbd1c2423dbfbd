import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { issue, orderedBefore, requireUser } from "./issue";
import { command } from "../command";
import { knowLearners } from "../lms/known-learners";
import { supportDetail } from "../support-detail";

export interface GrantEntitlement {
  username: string;
  courseUuid: string;
  mode: string;
  comments: string;
  /** The order that an agent fulfills by hand; without one, the entitlement can never be refunded. */
  orderNumber?: string | null;
  /** Whether a refund is ruled out from the start, which is the default. */
  refundLocked?: boolean;
}

/** Gives a learner an entitlement, as an agent decides. An order that has been fulfilled before gives no second one. */
export const grantEntitlement = command(
  "grantEntitlement",
  support,
  async (
    tx,
    request,
    { username, comments, orderNumber = null, refundLocked = true, ...wish }: GrantEntitlement,
  ): Promise<EntitlementFacts> => {
    const { id: userId } = await requireUser(tx, { username });
    const granted = { ...wish, userId, orderNumber, refundLocked };
    const earlier = await orderedBefore(tx, granted);
    if (earlier) return earlier;
    const { facts } = await issue(tx, request, granted);
    await tx.save(await supportDetail(tx, request, { entitlementId: facts.id, action: "CREATE", comments }));
    return facts;
  },
  (request, { username }) => knowLearners(request, [{ username }]),
);
