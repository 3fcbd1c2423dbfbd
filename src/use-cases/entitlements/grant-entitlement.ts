import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { issue, requireUser } from "./issue";
import { act, type Request } from "../command";
import { supportDetail } from "./support-detail";

export interface GrantEntitlement {
  username: string;
  courseUuid: string;
  mode: string;
  comments: string;
}

/** Gives a learner an entitlement that nobody has paid for, and that nobody can be paid back for. */
export function grantEntitlement(
  request: Request,
  { username, courseUuid, mode, comments }: GrantEntitlement,
): Promise<EntitlementFacts> {
  return act(request, "grantEntitlement", async (tx) => {
    const { id: userId } = await requireUser(tx, username);
    const granted = { userId, courseUuid, mode, orderNumber: null, refundLocked: true };
    const { facts } = await issue(tx, request, granted);
    await tx.save(await supportDetail(tx, request, { entitlementId: facts.id, action: "CREATE", comments }));
    return facts;
  });
}
