import type { EntityManager } from "typeorm";
import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { expirationEnd, isExpiryDue, wholeDays } from "../../rules/entitlement-rules";
import { Refusal } from "../../refusal";
import { refuseUnregainable } from "../sessions/release";
import { command, type CommandRequest } from "../command";
import {
  lockAnyEntitlement,
  save,
  type EntitlementReference,
  type LockedEntitlement,
  refuseRefunded,
  refuseUseless,
} from "../locked-entitlement";
import { supportDetail } from "../support-detail";

export interface RenewEntitlement extends EntitlementReference {
  comments: string;
}

/**
 * Starts the expiration period of an entitlement again, and ends its expiry when it had expired because that period was
 * over. Its run stays, and it does not become refundable again.
 */
export const renewEntitlement = command("renewEntitlement", support, renew);

/** Renews an entitlement, as a part of a transaction. */
export async function renew(
  tx: EntityManager,
  request: CommandRequest,
  { comments, ...reference }: RenewEntitlement,
): Promise<EntitlementFacts> {
  const entitlement = await lockAnyEntitlement(tx, request, reference);
  refuseRefunded(entitlement);
  refuseEarly(request, entitlement);
  const { facts, standing, periods } = entitlement;
  // What has expired does not become refundable, whether its expiry is stored or not.
  const hasExpired = facts.expiredAt !== null || isExpiryDue(standing, periods, request.now);
  const revived = hasExpired ? { expiredAt: null, expiryCause: null, refundLocked: true } : {};
  const renewed = { ...revived, renewedAt: request.now };
  const after = { ...entitlement, standing: { ...standing, ...renewed } };
  if (isExpiryDue(after.standing, periods, request.now)) refuseUnregainable(request, after);
  refuseUseless(after, request.now);
  const detail = await supportDetail(tx, request, { entitlementId: facts.id, action: "RENEW", comments });
  return save(tx, request, entitlement, renewed, detail);
}

/**
 * Refuses to renew an entitlement that expired for another reason than its age, or that does not yet show a warning
 * before its expiration.
 */
function refuseEarly(
  { app: { config }, now }: CommandRequest,
  { facts, standing, periods }: LockedEntitlement,
): void {
  const { expirationAlertDays } = config;
  const end = expirationEnd(standing, periods);
  // What has lapsed for the end of its regain period, as by a move, had time left then.
  const isOfAge = facts.expiryCause === "LAPSED" && facts.expiredAt !== null && facts.expiredAt > end;
  if (facts.expiredAt && !isOfAge)
    throw new Refusal(
      "ENTITLEMENT_EXPIRED",
      "This entitlement has not expired because of its age: reissue it instead.",
      { field: "entitlementId" },
    );
  if (!facts.expiredAt && wholeDays(now, end) >= expirationAlertDays)
    throw new Refusal(
      "ENTITLEMENT_NOT_RENEWABLE",
      `This entitlement can be renewed when fewer than ${expirationAlertDays} days of its expiration period are left.`,
      { field: "entitlementId" },
    );
}
