import type { EntityManager } from "typeorm";
import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { release, stopWaiting } from "../sessions/release";
import { command, type CommandRequest } from "../command";
import { lockUnlessRefunding, save, type EntitlementReference } from "../locked-entitlement";
import { supportDetail } from "../support-detail";

export interface ExpireEntitlement extends EntitlementReference {
  comments: string;
}

/**
 * Expires an entitlement now and takes the learner out of the run, if any. One that has expired already, and waits for the
 * LMS because it was moved, only stops waiting: it keeps its expiry and its run.
 */
export const expireEntitlement = command("expireEntitlement", support, expire);

/** Expires an entitlement, as a part of a transaction. */
export async function expire(
  tx: EntityManager,
  request: CommandRequest,
  { comments, ...reference }: ExpireEntitlement,
): Promise<EntitlementFacts> {
  const entitlement = await lockUnlessRefunding(tx, request, reference);
  const { facts, standing } = entitlement;
  const detailOf = (unenrolledRunKey: string | null) =>
    supportDetail(tx, request, { entitlementId: facts.id, action: "EXPIRE", comments, unenrolledRunKey });
  if (!facts.expiredAt) {
    const expiry = { expiredAt: request.now, expiryCause: "SUPPORT" } as const;
    const detail = await detailOf(facts.enrollment?.courseRunKey ?? null);
    return release(tx, request, entitlement, expiry, detail);
  }
  if (!standing.isEnrollmentPending)
    throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has already expired.", {
      field: "entitlementId",
    });
  await stopWaiting(tx, request, entitlement);
  return save(tx, request, entitlement, { pendingEnrollmentId: null }, await detailOf(null));
}
