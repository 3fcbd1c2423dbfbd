import type { EntityManager } from "typeorm";
import { anyone } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { isExpiryDue, redeemBlocker } from "../../rules/entitlement-rules";
import { Refusal } from "../../refusal";
import { enroll } from "./enrollment";
import { command, type CommandRequest } from "../command";
import { lockEntitlement, save, type LockedEntitlement } from "../locked-entitlement";

export interface EnrollAndFulfill {
  entitlementId: string;
  courseRunKey: string;
}

/** Spends an entitlement on a run. Asking again for the run it is spent on changes nothing. */
export const enrollAndFulfill = command(
  "enrollAndFulfill",
  anyone,
  async (tx, request, { entitlementId, courseRunKey }: EnrollAndFulfill): Promise<EntitlementFacts> => {
    const entitlement = await lockEntitlement(tx, request, entitlementId);
    if (isCurrentSession(entitlement, courseRunKey)) return entitlement.facts;
    return redeem(tx, request, entitlement, courseRunKey);
  },
);

/** Whether the learner is already in this run by this entitlement. */
export function isCurrentSession({ facts }: LockedEntitlement, courseRunKey: string): boolean {
  return (
    facts.enrollment !== null && facts.enrollment.isActive && facts.enrollment.courseRunKey === courseRunKey
  );
}

/** Spends a locked entitlement on a run, or throws the refusal. */
export async function redeem(
  tx: EntityManager,
  request: CommandRequest,
  entitlement: LockedEntitlement,
  courseRunKey: string,
): Promise<EntitlementFacts> {
  const { standing, periods } = entitlement;
  const blocker = redeemBlocker(standing, periods, request.now);
  if (blocker === "EXPIRED" || isExpiryDue(standing, periods, request.now))
    throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has expired.");
  if (blocker)
    throw new Refusal("ENTITLEMENT_NOT_REDEEMABLE", `This entitlement ${REDEEM_MESSAGES[blocker]}.`, {
      blocker,
    });
  const enrollmentId = await enroll(tx, request, entitlement, courseRunKey);
  return save(tx, request, entitlement, { enrollmentId, redeemedAt: request.now });
}

const REDEEM_MESSAGES = {
  REFUND_PENDING: "is being paid back",
  ALREADY_REDEEMED: "has been spent on a run already; switch its session instead",
  EXPIRATION_PERIOD_OVER: "is too old to be spent",
} as const;
