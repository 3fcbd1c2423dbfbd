import {
  Check,
  Column,
  Entity,
  ForeignKey,
  Index,
  PrimaryGeneratedColumn,
  Unique,
  type ValueTransformer,
} from "typeorm";
import { InstantColumn, InstantsCheck } from "./columns";
import type { TrackedFields } from "../store/rows/fields";
import { storedOrderNumber, type ExpiryCause } from "../rules/entitlement-rules";

const orderNumber: ValueTransformer = { to: storedOrderNumber, from: (stored: string | null) => stored };

/** The columns of an entitlement, which its history shares. */
export abstract class CourseEntitlementColumns {
  @Column("uuid")
  courseUuid!: string;

  @Column("varchar", { length: 100 })
  mode!: string;

  /** The shop's order; null when it was granted without one. An empty one is stored as none. */
  @Column("varchar", { length: 128, nullable: true, transformer: orderNumber })
  orderNumber!: string | null;

  /** Once set, the order is never refunded. */
  @Column("boolean", { default: false })
  refundLocked!: boolean;

  /** Null while not expired; any instant, even one in the future, means expired. */
  @InstantColumn({ nullable: true })
  expiredAt!: Date | null;

  /** Why it expired; null while it has not, and where an import does not say. */
  @Column("varchar", { length: 16, nullable: true })
  expiryCause!: ExpiryCause | null;

  /** When it was first redeemed for the run that it is redeemed for; null while it is not, or where an import does not say. */
  @InstantColumn({ nullable: true })
  redeemedAt!: Date | null;

  /** When an agent last renewed it: its expiration period counts from then. Null when it was never renewed. */
  @InstantColumn({ nullable: true })
  renewedAt!: Date | null;

  @InstantColumn()
  createdAt!: Date;

  @InstantColumn()
  modifiedAt!: Date;
}

/** A learner's right to take one run of a course in a paid mode. */
@Entity("course_entitlement")
@InstantsCheck("course_entitlement")
@Unique(["courseUuid", "orderNumber"])
@Check("course_entitlement_order_number_check", "order_number <> ''")
@Check(
  "course_entitlement_expiry_cause_check",
  "expiry_cause in ('LAPSED', 'REFUNDED', 'REVOKED', 'SUPPORT')",
)
@Check("course_entitlement_expiry_cause_expired_check", "expiry_cause is null or expired_at is not null")
@Index("course_entitlement_user_id_idx", ["userId", "createdAt", "id"])
@Index("course_entitlement_course_uuid_idx", ["courseUuid", "createdAt", "id"])
@Index("course_entitlement_created_at_idx", ["createdAt", "id"])
@Index("course_entitlement_modified_at_idx", ["modifiedAt", "id"])
@Index("course_entitlement_order_number_idx", ["orderNumber"], { where: "order_number is not null" })
@Index("course_entitlement_order_number_lower_idx", { synchronize: false })
@Index("course_entitlement_enrollment_id_idx", ["enrollmentId"], { where: "enrollment_id is not null" })
@Index("course_entitlement_pending_enrollment_id_idx", ["pendingEnrollmentId"], {
  where: "pending_enrollment_id is not null",
})
@Index("course_entitlement_policy_id_idx", ["policyId", "createdAt", "id"])
@Index("course_entitlement_ended_idx", ["createdAt", "id"], {
  where: "expiry_cause in ('REFUNDED', 'REVOKED')",
})
@Index("course_entitlement_unused_idx", ["createdAt", "id"], {
  where: "expired_at is null and enrollment_id is null",
})
@Index("course_entitlement_redeemed_idx", ["createdAt", "id"], {
  where: "expired_at is null and enrollment_id is not null",
})
export class CourseEntitlement extends CourseEntitlementColumns {
  @PrimaryGeneratedColumn("uuid")
  id!: string;

  @Column("bigint")
  @ForeignKey("UserAccount", { onDelete: "CASCADE" })
  userId!: string;

  /** Null means the default periods. */
  @Column("uuid", { nullable: true })
  @ForeignKey("CourseEntitlementPolicy", { onDelete: "RESTRICT" })
  policyId!: string | null;

  /** The enrollment for which it is redeemed; null while it is not redeemed. */
  @Column("uuid", { nullable: true })
  @ForeignKey("CourseEnrollment", { onDelete: "SET NULL" })
  enrollmentId!: string | null;

  /** The enrollment that the LMS is asked for; null while it is asked for none. */
  @Column("uuid", { nullable: true })
  @ForeignKey("CourseEnrollment", { onDelete: "SET NULL" })
  pendingEnrollmentId!: string | null;
}

/** How each field of an entitlement is read, and told in its history. */
export const COURSE_ENTITLEMENT_FIELDS: TrackedFields<CourseEntitlement> = {
  id: { kind: "id", told: "nobody" },
  userId: { kind: "user", told: "everyone", as: "user" },
  courseUuid: { kind: "course", told: "everyone" },
  mode: { kind: "value", told: "everyone" },
  orderNumber: { kind: "value", told: "everyone" },
  refundLocked: { kind: "value", told: "everyone", as: "isRefundLocked" },
  expiredAt: { kind: "instant", told: "everyone" },
  expiryCause: { kind: "value", told: "everyone" },
  redeemedAt: { kind: "instant", told: "everyone" },
  renewedAt: { kind: "instant", told: "everyone" },
  policyId: { kind: "policy", told: "everyone", as: "policy" },
  enrollmentId: { kind: "enrollment", told: "everyone", as: "enrollment" },
  pendingEnrollmentId: { kind: "enrollment", told: "everyone", as: "pendingEnrollment" },
  createdAt: { kind: "stamp", told: "everyone" },
  modifiedAt: { kind: "stamp", told: "everyone" },
};
