import type { EntityManager } from "typeorm";
import {
  CourseEntitlementSupportDetail,
  type SupportAction,
} from "../entities/course-entitlement-support-detail";
import { userById, userByUsername } from "../reads/accounts/users";
import type { CommandRequest } from "./command";

/** What was done to an entitlement and why, to be saved together with the change itself. */
export async function supportDetail(
  tx: EntityManager,
  { actor, now }: CommandRequest,
  detail: {
    entitlementId: string;
    action: SupportAction;
    comments: string;
    unenrolledRunKey?: string | null;
  },
): Promise<CourseEntitlementSupportDetail> {
  // A service need not have an account of its own here.
  const agent = await (actor.userId === null
    ? userByUsername(tx, actor.username)
    : userById(tx, actor.userId));
  const supportUserId = agent?.id ?? null;
  return tx.create(CourseEntitlementSupportDetail, {
    ...detail,
    supportUserId,
    createdAt: now,
    modifiedAt: now,
  });
}
