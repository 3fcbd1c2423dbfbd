import type { EntityManager } from "typeorm";
import { staffOrService } from "../../auth/who";
import type { CourseRun } from "../../entities/course-run";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { sessionsOfCourses } from "../../reads/sessions";
import { Refusal } from "../../refusal";
import { orderEffect } from "../../rules/order-rules";
import { enroll } from "../sessions/redeem";
import { issue, orderedBefore, requireUser } from "./issue";
import { act, commandInSteps, type CommandRequest } from "../command";
import { lookBeforeFulfilling } from "../lms/before-fulfilling";
import { reread } from "../enrollment-calls/reread";
import type { LearnerReference } from "../learner";
import type { LockedEntitlement } from "../locked-entitlement";

/** An order for one course, of the learner that it names. */
export interface FulfillOrder extends LearnerReference {
  courseUuid: string;
  mode: string;
  orderNumber: string;
  /** Whether a refund is ruled out from the start. */
  refundLocked: boolean;
}

/** The result of fulfilling an order. */
export interface FulfilledOrder {
  entitlement: EntitlementFacts;
  /** False when the order had been fulfilled before. */
  isNew: boolean;
  /** The runs that the learner takes for free and could be upgraded in, when there are several to choose from. */
  upgradeableRuns: CourseRun[];
}

/**
 * Fulfills an order, as a part of a transaction: the learner gets the entitlement. The same order again returns the
 * same entitlement. A learner with exactly one free enrollment that the entitlement fits is upgraded there; of several,
 * none is upgraded.
 */
export async function fulfill(
  tx: EntityManager,
  request: CommandRequest,
  { username, userId: lmsUserId, ...order }: FulfillOrder,
): Promise<FulfilledOrder> {
  const { id: userId } = await requireUser(tx, { username, userId: lmsUserId });
  const entitlement = await orderedBefore(tx, { ...order, userId });
  if (!entitlement) return upgrade(tx, request, await issue(tx, request, { ...order, userId }));
  return { entitlement, isNew: false, upgradeableRuns: [] };
}

/** Fulfills an order: the learner gets the entitlement. What the LMS says of an upgrade does not change that. */
export const fulfillOrder = commandInSteps(
  "fulfillOrder",
  staffOrService,
  async (request, order: FulfillOrder): Promise<FulfilledOrder> => {
    const result = await act(request, (tx) => fulfill(tx, request, order));
    return { ...result, entitlement: await reread(request, result.entitlement) };
  },
  lookBeforeFulfilling,
);

async function upgrade(
  tx: EntityManager,
  request: CommandRequest,
  entitlement: LockedEntitlement,
): Promise<FulfilledOrder> {
  const { facts } = entitlement;
  const [sessions] = await sessionsOfCourses(tx, [{ userId: facts.userId, key: facts.courseUuid }]);
  const { redeemed, upgradeable } = orderEffect(entitlement, sessions!, request.now);
  const upgradeableRuns = upgradeable.map(({ run }) => run);
  if (!redeemed) return { entitlement: facts, isNew: true, upgradeableRuns };
  const spent = await enroll(tx, request, entitlement, redeemed.run.key).catch(nullWhenRefused);
  return { entitlement: spent ?? facts, isNew: true, upgradeableRuns: spent ? [] : upgradeableRuns };
}

/** The learner may have left the run a moment ago: that is no reason to refuse a paid order. */
function nullWhenRefused(error: unknown): null {
  if (error instanceof Refusal) return null;
  throw error;
}
