import type { EntityManager } from "typeorm";
import { anyone } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { regainBlocker } from "../../rules/entitlement-rules";
import { Refusal } from "../../refusal";
import { release } from "./enrollment";
import { command, type CommandRequest } from "../command";
import { lockEntitlement, type LockedEntitlement } from "../locked-entitlement";

export interface LeaveSession {
  entitlementId: string;
}

/** Leaves the run and gets the entitlement back; never refunds. An unspent entitlement stays as it is. */
export const leaveSession = command(
  "leaveSession",
  anyone,
  async (tx, request, { entitlementId }: LeaveSession): Promise<EntitlementFacts> =>
    leave(tx, request, entitlementId),
);

/** The steps of leaving, as part of a transaction. */
export async function leave(
  tx: EntityManager,
  request: CommandRequest,
  entitlementId: string,
): Promise<EntitlementFacts> {
  const entitlement = await lockEntitlement(tx, request, entitlementId);
  if (!entitlement.facts.expiredAt && !entitlement.facts.enrollment) return entitlement.facts;
  refuseUnregainable(request, entitlement);
  return release(tx, request, entitlement, {});
}

/** Refuses what needs an entitlement that the learner could have back. */
export function refuseUnregainable({ now }: CommandRequest, { standing, periods }: LockedEntitlement): void {
  const blocker = regainBlocker(standing, periods, now);
  if (blocker === "EXPIRED") throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has expired.");
  if (blocker)
    throw new Refusal(
      "ENTITLEMENT_NOT_REGAINABLE",
      `The session cannot be changed: ${REGAIN_MESSAGES[blocker]}.`,
      {
        blocker,
      },
    );
}

const REGAIN_MESSAGES = {
  REFUND_PENDING: "the order is being paid back",
  NOT_REDEEMED: "no run has been chosen yet",
  CERTIFICATE_EARNED: "a certificate has been earned",
  REGAIN_PERIOD_OVER: "the time to change it is over",
} as const;
