import { isDeepStrictEqual } from "node:util";
import type { EntityManager } from "typeorm";
import { CourseEntitlement } from "../../entities/course-entitlement";
import { entitlementsById, type EntitlementFacts } from "../../reads/entitlement-facts";
import { policyForNew } from "../../reads/policies";
import { isModeSold } from "../../reads/sessions";
import type { UserFacts } from "../../reads/accounts/users";
import { Refusal } from "../../refusal";
import { select, type Database } from "../../store/statement";
import type { CommandRequest } from "../command";
import { learnerNamed, type LearnerReference } from "../learner";
import { lockAnyEntitlement, type LockedEntitlement, refuseUseless } from "../locked-entitlement";

/** The values of a new entitlement that its command decides. */
export interface NewEntitlement {
  userId: string;
  courseUuid: string;
  mode: string;
  orderNumber: string | null;
  /** Whether a refund is ruled out from the start. */
  refundLocked: boolean;
}

/** Creates an entitlement in a mode that is sold, with the policy that applies at this site now and leaves time to redeem it. */
export async function issue(
  tx: EntityManager,
  request: CommandRequest,
  entitlement: NewEntitlement,
): Promise<LockedEntitlement> {
  await requirePaidMode(tx, request, entitlement.mode);
  const { id } = await tx.save(CourseEntitlement, {
    ...entitlement,
    policyId: (await policyForNew(tx, request.app.config.siteDomain, entitlement.mode))?.id ?? null,
    expiredAt: null,
    expiryCause: null,
    redeemedAt: null,
    renewedAt: null,
    enrollmentId: null,
    pendingEnrollmentId: null,
    createdAt: request.now,
    modifiedAt: request.now,
  });
  const issued = await lockAnyEntitlement(tx, request, { entitlementId: id });
  refuseUseless(issued, request.now, "mode");
  return issued;
}

/** Refuses a mode that is neither configured as paid nor sold with any run. */
export async function requirePaidMode(
  tx: EntityManager,
  { app }: CommandRequest,
  mode: string,
): Promise<void> {
  if (await isModeSold(tx, app.config.paidModes, mode)) return;
  throw new Refusal("MODE_INVALID", "This course mode is not sold.", { field: "mode" });
}

/** The learner that a reference names. */
export async function requireUser(tx: Database, reference: LearnerReference): Promise<UserFacts> {
  const user = await learnerNamed(tx, reference);
  if (!user)
    throw new Refusal("USER_NOT_FOUND", "There is no learner with this username or LMS user id.", {
      field: (reference.username ?? null) === null ? "userId" : "username",
    });
  return user;
}

/** What identifies an order for a course. */
type Order = Omit<NewEntitlement, "refundLocked">;

/**
 * The entitlement that an order has made for a course already, in whatever mode it is now; null for a new order. Refuses an
 * order of another learner or in another mode.
 */
export async function orderedBefore(tx: EntityManager, order: Order): Promise<EntitlementFacts | null> {
  const { courseUuid, orderNumber, userId, mode } = order;
  const earlier =
    orderNumber === null ? null : await tx.findOneBy(CourseEntitlement, { courseUuid, orderNumber });
  if (!earlier) return null;
  if (earlier.userId !== userId || (earlier.mode !== mode && !(await hasMade(tx, order, earlier.id))))
    throw new Refusal(
      "ORDER_ALREADY_USED",
      "This order already belongs to an entitlement of another learner or in another mode for this course.",
      { field: "orderNumber" },
    );
  return (await entitlementsById(tx, [earlier.id]))[0]!;
}

/** Whether an entitlement was created by an order as it is: for the same learner in the same mode, whatever was changed since. */
async function hasMade(
  tx: EntityManager,
  { orderNumber, userId, mode }: Order,
  entitlementId: string,
): Promise<boolean> {
  const [created] = await select<Pick<Order, "orderNumber" | "userId" | "mode">>(
    tx,
    `select order_number as "orderNumber", user_id::text as "userId", mode from historical_course_entitlement
     where id = $1 order by history_id limit 1`,
    [entitlementId],
  );
  return isDeepStrictEqual({ ...created }, { orderNumber, userId, mode });
}
