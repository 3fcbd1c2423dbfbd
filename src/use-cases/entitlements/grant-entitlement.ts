import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { issue, requireUser } from "./issue";
import { command } from "../command";
import { supportDetail } from "../support-detail";

export interface GrantEntitlement {
  username: string;
  courseUuid: string;
  mode: string;
  comments: string;
}

/** Gives a learner an entitlement without a paid order, so that it can never be refunded. */
export const grantEntitlement = command(
  "grantEntitlement",
  support,
  async (
    tx,
    request,
    { username, courseUuid, mode, comments }: GrantEntitlement,
  ): Promise<EntitlementFacts> => {
    const { id: userId } = await requireUser(tx, { username });
    const granted = { userId, courseUuid, mode, orderNumber: null, refundLocked: true };
    const { facts } = await issue(tx, request, granted);
    await tx.save(await supportDetail(tx, request, { entitlementId: facts.id, action: "CREATE", comments }));
    return facts;
  },
);
