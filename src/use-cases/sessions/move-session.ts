import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { isExpiryDue } from "../../rules/entitlement-rules";
import { moveBlocker, type MoveOverride } from "../../rules/session-rules";
import { command, type CommandRequest } from "../command";
import {
  lockAnyEntitlement,
  save,
  type EntitlementReference,
  type LockedEntitlement,
  refuseRefunded,
} from "../locked-entitlement";
import { supportDetail } from "../support-detail";
import { unenroll } from "./enrollment";
import { enroll } from "./redeem";

export interface MoveSession extends EntitlementReference {
  courseRunKey: string;
  /** The reasons that the agent overrides. */
  override: readonly MoveOverride[];
  comments: string;
}

/**
 * Puts the learner of an entitlement in another run of the course: both or neither. If the learner could no longer
 * leave the old run or have the order refunded, that is also true for the new run: the expiry is stored with the move.
 */
export const moveSession = command(
  "moveSession",
  support,
  async (
    tx,
    request,
    { courseRunKey, override, comments, ...reference }: MoveSession,
  ): Promise<EntitlementFacts> => {
    const entitlement = await lockAnyEntitlement(tx, request, reference);
    if (courseRunKey === entitlement.currentRunKey) return entitlement.facts;
    refuseRefunded(entitlement);
    refuseUnmovable(request, entitlement, override);
    const { facts, standing, periods, row } = entitlement;
    const redeemed = await enroll(tx, request, entitlement, courseRunKey, override);
    if (redeemed.enrollmentId !== row.enrollmentId) await unenroll(tx, entitlement);
    const isOver = isExpiryDue(standing, periods, request.now);
    const final = isOver ? ({ expiredAt: request.now, expiryCause: "LAPSED" } as const) : {};
    const detail = await supportDetail(tx, request, {
      entitlementId: facts.id,
      action: "MOVE",
      comments,
      unenrolledRunKey: entitlement.currentRunKey,
    });
    return save(tx, request, entitlement, { ...redeemed, ...final }, detail);
  },
);

function refuseUnmovable(
  { now }: CommandRequest,
  { standing, periods }: LockedEntitlement,
  override: readonly MoveOverride[],
): void {
  const blocker = moveBlocker(standing, periods, override, now);
  if (blocker === "EXPIRED")
    throw new Refusal("ENTITLEMENT_EXPIRED", "This entitlement has expired.", { field: "entitlementId" });
  if (blocker)
    throw new Refusal(
      standing.redemption ? "ENTITLEMENT_NOT_REGAINABLE" : "ENTITLEMENT_NOT_REDEEMABLE",
      `The learner cannot be moved: ${MESSAGES[blocker as keyof typeof MESSAGES]}.`,
      { field: "entitlementId", blocker },
    );
}

const MESSAGES = {
  CERTIFICATE_EARNED: "the learner has a certificate for the present run",
  REGAIN_PERIOD_OVER:
    "the period in which the learner can leave or change the run is over, which the agent has not overridden",
  EXPIRATION_PERIOD_OVER: "the expiration period is over; renew the entitlement first",
} as const;
