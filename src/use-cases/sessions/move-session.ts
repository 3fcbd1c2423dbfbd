import { support } from "../../auth/who";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { moveBlocker, type MoveOverride } from "../../rules/session-rules";
import type { CommandRequest } from "../command";
import { enrollmentCommand } from "../enrollment-calls/enrollment-command";
import { deciding, isChosenRun, lookAtCurrent, lookAtWanted, lookBeforeMove } from "../lms/before-deciding";
import {
  lockAnyEntitlement,
  type EntitlementReference,
  type LockedEntitlement,
  refuseRefunded,
} from "../locked-entitlement";
import { supportDetail } from "../support-detail";
import { enroll, isChosen } from "./redeem";

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
export const moveSession = enrollmentCommand(
  "moveSession",
  support,
  async (
    tx,
    request,
    { courseRunKey, override, comments, ...reference }: MoveSession,
  ): Promise<EntitlementFacts> => {
    const entitlement = await lockAnyEntitlement(tx, request, reference);
    if (isChosen(entitlement, courseRunKey)) return entitlement.facts;
    refuseRefunded(entitlement);
    refuseUnmovable(request, entitlement, override);
    const detail = await supportDetail(tx, request, {
      entitlementId: entitlement.id,
      action: "MOVE",
      comments,
      unenrolledRunKey: entitlement.currentRunKey,
    });
    return enroll(tx, request, entitlement, courseRunKey, { override, detail });
  },
  async (request, { courseRunKey, entitlementId }) => {
    const about = await deciding(request, { entitlementId });
    if (!about || isChosenRun(about, courseRunKey)) return;
    await Promise.all([
      lookBeforeMove(request, about),
      lookAtCurrent(request, about),
      lookAtWanted(request, about, courseRunKey),
    ]);
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
  PENDING_ENROLLMENT: "the LMS has not yet said whether it enrolls the learner in the run chosen before",
  CERTIFICATE_EARNED: "the learner has a certificate for the present run",
  REGAIN_PERIOD_OVER:
    "the period in which the learner can leave or change the run is over, which the agent has not overridden",
  EXPIRATION_PERIOD_OVER: "the expiration period is over; renew the entitlement first",
} as const;
