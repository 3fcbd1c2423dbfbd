import { IsNull, type EntityManager } from "typeorm";
import { CourseEntitlement } from "../../entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../entities/course-entitlement-policy";
import { Site } from "../../entities/site";
import { isModeSold } from "../../reads/sessions";
import type { UserFacts } from "../../reads/accounts/users";
import { choosePolicy } from "../../rules/policy-choice";
import { Refusal } from "../../refusal";
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
    policyId: await policyFor(tx, request, entitlement.mode),
    expiredAt: null,
    expiryCause: null,
    redeemedAt: null,
    renewedAt: null,
    enrollmentId: null,
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
export async function requireUser(tx: EntityManager, reference: LearnerReference): Promise<UserFacts> {
  const user = await learnerNamed(tx, reference);
  if (!user)
    throw new Refusal("USER_NOT_FOUND", "There is no learner with this username or LMS user id.", {
      field: (reference.username ?? null) === null ? "userId" : "username",
    });
  return user;
}

async function policyFor(tx: EntityManager, { app }: CommandRequest, mode: string): Promise<string | null> {
  const { siteDomain } = app.config;
  const site = siteDomain === undefined ? null : await tx.findOneBy(Site, { domain: siteDomain });
  const policies = await tx.findBy(CourseEntitlementPolicy, { retiredAt: IsNull() });
  return choosePolicy(policies, site?.id ?? null, mode)?.id ?? null;
}
