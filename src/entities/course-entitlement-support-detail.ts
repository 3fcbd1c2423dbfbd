import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from "typeorm";
import { InstantColumn, InstantsCheck } from "./columns";
import type { TrackedFields } from "../store/rows/fields";

/** What staff and shops have done to an entitlement, with the label that a form or a table shows. */
export const SUPPORT_ACTIONS = {
  CREATE: "Create entitlement",
  REISSUE: "Re-issue entitlement",
  EXPIRE: "Expire entitlement",
  LOCK_REFUND: "Lock refunds",
  UNLOCK_REFUND: "Unlock refunds",
  REVOKE: "Revoke entitlement",
  REVOKE_UNPAID: "Revoke entitlement without a refund",
  CHANGE_MODE: "Change mode",
  REVERT: "Revert to an earlier state",
  RESOLVE_REFUND: "Resolve a refund",
  RENEW: "Renew entitlement",
  MOVE: "Move to another run",
  TRANSFER: "Transfer to another learner",
  ASSIGN_POLICY: "Assign a policy",
  RETRY_CALL: "Ask the LMS again",
} as const;
export type SupportAction = keyof typeof SUPPORT_ACTIONS;

/** The columns of a support detail, which its history shares. */
export abstract class CourseEntitlementSupportDetailColumns {
  /** One of SUPPORT_ACTIONS, or, where it was imported, what the LMS has stored, in capitals. */
  @Column("varchar", { length: 15 })
  action!: string;

  @Column("text", { nullable: true })
  comments!: string | null;

  /** The run support took the learner out of. No foreign key: the value may outlive the run. */
  @Column("varchar", { length: 255, nullable: true })
  unenrolledRunKey!: string | null;

  @InstantColumn()
  createdAt!: Date;

  @InstantColumn()
  modifiedAt!: Date;
}

/** What support did to an entitlement, and why. */
@Entity("course_entitlement_support_detail")
@InstantsCheck("course_entitlement_support_detail")
@Index("course_entitlement_support_detail_entitlement_id_idx", ["entitlementId", "createdAt", "id"])
@Index("course_entitlement_support_detail_support_user_id_idx", ["supportUserId"])
@Check("course_entitlement_support_detail_action_check", "action <> ''")
export class CourseEntitlementSupportDetail extends CourseEntitlementSupportDetailColumns {
  @PrimaryGeneratedColumn("uuid")
  id!: string;

  @Column("uuid")
  @ForeignKey("CourseEntitlement", { onDelete: "CASCADE" })
  entitlementId!: string;

  /** Null once the account of the support agent is gone. */
  @Column("bigint", { nullable: true })
  @ForeignKey("UserAccount", { onDelete: "SET NULL" })
  supportUserId!: string | null;
}

/** How each field of a support detail is read, and told in its history. */
export const SUPPORT_DETAIL_FIELDS: TrackedFields<CourseEntitlementSupportDetail> = {
  id: { kind: "id", told: "nobody" },
  entitlementId: { kind: "entitlement", told: "everyone", as: "entitlement" },
  supportUserId: { kind: "user", told: "everyone", as: "supportUser" },
  action: { kind: "value", told: "everyone" },
  comments: { kind: "value", told: "everyone" },
  unenrolledRunKey: { kind: "run", told: "everyone", as: "unenrolledRun" },
  createdAt: { kind: "stamp", told: "everyone" },
  modifiedAt: { kind: "stamp", told: "everyone" },
};
