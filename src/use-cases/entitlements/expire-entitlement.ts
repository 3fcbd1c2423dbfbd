import type { EntityManager } from "typeorm";
import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { release } from "../sessions/release";
import { command, type CommandRequest } from "../command";
import { lockUnlessRefunding, type EntitlementReference } from "../locked-entitlement";
import { supportDetail } from "../support-detail";

export interface ExpireEntitlement extends EntitlementReference {
  comments: string;
}

/** Expires an entitlement now and takes the learner out of the run, if any. */
export const expireEntitlement = command("expireEntitlement", support, expire);

/** Expires an entitlement, as a part of a transaction. */
export async function expire(
  tx: EntityManager,
  request: CommandRequest,
  { comments, ...reference }: ExpireEntitlement,
): Promise<EntitlementFacts> {
  const entitlement = await lockUnlessRefunding(tx, request, reference);
  const { facts } = entitlement;
  if (facts.expiredAt) throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has already expired.");
  const unenrolledRunKey = facts.enrollment?.courseRunKey ?? null;
  const detail = await supportDetail(tx, request, {
    entitlementId: facts.id,
    action: "EXPIRE",
    comments,
    unenrolledRunKey,
  });
  return release(tx, request, entitlement, { expiredAt: request.now, expiryCause: "SUPPORT" }, detail);
}
