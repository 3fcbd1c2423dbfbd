import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from "typeorm";
import { InstantColumn } from "../store/columns";
import { CourseEntitlement } from "./course-entitlement";
import { UserAccount } from "./user-account";

/** What support staff can declare to have done. */
export const SUPPORT_ACTIONS = {
  CREATE: "Create entitlement",
  REISSUE: "Re-issue entitlement",
  EXPIRE: "Expire entitlement",
} as const;
export type SupportAction = keyof typeof SUPPORT_ACTIONS;

/** The columns of a support detail, which its history shares. */
export abstract class CourseEntitlementSupportDetailColumns {
  @Column("varchar", { length: 15 })
  action!: SupportAction;

  @Column("text", { nullable: true })
  comments!: string | null;

  /** The run support took the learner out of. No foreign key: the value may outlive the run. */
  @Column("varchar", { name: "unenrolled_run_key", length: 255, nullable: true })
  unenrolledRunKey!: string | null;

  @InstantColumn("created_at")
  createdAt!: Date;

  @InstantColumn("modified_at")
  modifiedAt!: Date;
}

/** What support did to an entitlement, and why. */
@Entity("course_entitlement_support_detail")
@Index("course_entitlement_support_detail_entitlement_id_idx", ["entitlementId", "createdAt", "id"])
@Index("course_entitlement_support_detail_support_user_id_idx", ["supportUserId"])
@Check("course_entitlement_support_detail_action_check", "action in ('CREATE', 'REISSUE', 'EXPIRE')")
export class CourseEntitlementSupportDetail extends CourseEntitlementSupportDetailColumns {
  @PrimaryGeneratedColumn("uuid", { primaryKeyConstraintName: "course_entitlement_support_detail_pkey" })
  id!: string;

  @Column("uuid", { name: "entitlement_id" })
  @ForeignKey(() => CourseEntitlement, {
    name: "course_entitlement_support_detail_entitlement_id_fkey",
    onDelete: "CASCADE",
  })
  entitlementId!: string;

  /** Null once the account of the support agent is gone. */
  @Column("bigint", { name: "support_user_id", nullable: true })
  @ForeignKey(() => UserAccount, {
    name: "course_entitlement_support_detail_support_user_id_fkey",
    onDelete: "SET NULL",
  })
  supportUserId!: string | null;
}
