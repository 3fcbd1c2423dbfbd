import { revokeEntitlement } from "../use-cases/entitlements/revoke-entitlement";
import type { RestAnswer, RestRequest } from "./answer";

/** What history says of the reason, as the request gives none. */
const REASON = "Revoked by DELETE of the entitlements API.";

/** Revokes an entitlement whose order was refunded elsewhere; it stays stored. */
export async function revoke(request: RestRequest): Promise<RestAnswer> {
  await revokeEntitlement(request, { entitlementId: request.entitlementId, reason: REASON });
  return { status: 204 };
}
